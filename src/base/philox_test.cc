// SPDX-License-Identifier: Apache-2.0
#include "base/philox.h"

#include <gtest/gtest.h>

namespace agront {
namespace {

// The known answers of the authors' Random123 library, file kat_vectors.
TEST(Philox, GivesTheKnownAnswers) {
  EXPECT_EQ(Philox(0, {0, 0, 0, 0}), (PhiloxBlock{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(Philox(0xffffffffffffffff, {0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}),
            (PhiloxBlock{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(Philox(0x299f31d0a4093822, {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}),
            (PhiloxBlock{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Philox, NormalsHaveTheirMoments) {
  constexpr uint32_t kBlocks = 100000;
  double sum = 0, squares = 0, fourths = 0;
  for (uint32_t i = 0; i < kBlocks; ++i)
    for (const float value : PhiloxNormals(7, {i, 0, 0, 0})) {
      sum += value;
      squares += double{value} * value;
      fourths += std::pow(value, 4);
    }
  const double count = 4.0 * kBlocks;
  // Five standard errors: 1, sqrt 2 and sqrt 96 over sqrt(count).
  EXPECT_NEAR(sum / count, 0, 5 / std::sqrt(count));
  EXPECT_NEAR(squares / count, 1, 5 * std::sqrt(2 / count));
  EXPECT_NEAR(fourths / count, 3, 5 * std::sqrt(96 / count));
}

}  // namespace
}  // namespace agront
