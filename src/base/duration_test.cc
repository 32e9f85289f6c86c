// SPDX-License-Identifier: Apache-2.0
#include "base/duration.h"

#include <gtest/gtest.h>

namespace agront {
namespace {

TEST(DurationInWords, TakesTheUnitThatFits) {
  EXPECT_EQ(DurationInWords(0), "less than a second");
  EXPECT_EQ(DurationInWords(1), "1 second");
  EXPECT_EQ(DurationInWords(62), "62 seconds");  // and not 0.0173 hours
  EXPECT_EQ(DurationInWords(170), "3 minutes");
  EXPECT_EQ(DurationInWords(5300), "88 minutes");
  EXPECT_EQ(DurationInWords(6000), "1.7 hours");
  EXPECT_EQ(DurationInWords(100'000), "28 hours");
  EXPECT_EQ(DurationInWords(1e6), "12 days");
}

}  // namespace
}  // namespace agront
