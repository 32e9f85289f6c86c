// SPDX-License-Identifier: Apache-2.0
#include "base/philox.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace agront {
namespace {

using Words = std::array<uint32_t, 4>;

TEST(Philox, GivesThePublishedAnswers) {
  // philox4x32 with 10 rounds in kat_vectors of Random123, the authors' own code.
  EXPECT_EQ((Philox{{0, 0}, {0, 0, 0, 0}}()), (Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  constexpr uint32_t kOnes = 0xffffffff;
  EXPECT_EQ((Philox{{kOnes, kOnes}, {kOnes, kOnes, kOnes, kOnes}}()),
            (Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ((Philox{{0xa4093822, 0x299f31d0}, {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}}()),
            (Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Philox, WordsBelowABoundAreEven) {
  constexpr uint32_t kBound = 10;
  constexpr uint32_t kDraws = 100'000;
  std::vector<int> counts(kBound);
  std::vector<int> wide_counts(kBound);
  for (uint32_t i = 0; i < kDraws; ++i) {
    const Words words = Philox{{7, 0}, {i, 0, 0, 0}}();
    ++counts.at(Below(kBound, words[0]));
    ++wide_counts.at(Below(uint64_t{kBound} << 40, words[1], words[2]) >> 40);
    EXPECT_LT(UnitInterval(words[3]), 1.0);
  }
  const double deviation = std::sqrt(kDraws * 0.1 * 0.9);
  for (const auto* all : {&counts, &wide_counts})
    for (const int count : *all) EXPECT_NEAR(count, kDraws / kBound, 5 * deviation);
}

}  // namespace
}  // namespace agront
