// SPDX-License-Identifier: Apache-2.0
#include "genome/placement.h"

#include <gtest/gtest.h>

namespace agront::genome {
namespace {

TEST(Placement, CountsFromTheFivePrimeEnd) {
  const Placement forward{.region = {"gene", "chr1", 100, 150, false}, .sequence_length = 1000};
  EXPECT_EQ(forward.Of(0, 50).start, 100);
  EXPECT_EQ(forward.Of(6, 12).start, 106);
  EXPECT_EQ(forward.Of(6, 12).end, 112);
  const Placement reverse{.region = {"gene", "chr1", 100, 150, true}, .sequence_length = 1000};
  EXPECT_EQ(reverse.Of(0, 6).start, 144);
  EXPECT_EQ(reverse.Of(0, 6).end, 150);
  EXPECT_TRUE(reverse.Of(0, 6).reverse);
  EXPECT_EQ(reverse.Of(0, 50).start, 100);
}

TEST(Placement, LeavesOutWhatIsBeyondTheSequence) {
  const Placement window{.region = {"gene", "chr1", -4, 12, false}, .sequence_length = 10};
  EXPECT_EQ(window.Of(0, 6).start, 0);
  EXPECT_EQ(window.Of(0, 6).end, 2);
  EXPECT_EQ(window.Of(0, 3).end, 0);  // nothing but N
  EXPECT_EQ(window.Of(10, 16).start, 6);
  EXPECT_EQ(window.Of(10, 16).end, 10);
}

}  // namespace
}  // namespace agront::genome
