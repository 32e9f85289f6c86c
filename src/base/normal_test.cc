// SPDX-License-Identifier: Apache-2.0
#include "base/normal.h"

#include <gtest/gtest.h>

namespace agront {
namespace {

TEST(Normals, HaveTheirMoments) {
  constexpr uint32_t kBlocks = 100000;
  double sum = 0, squares = 0, fourths = 0, products = 0;
  for (uint32_t i = 0; i < kBlocks; ++i) {
    const auto values = Normals({{7, 0}, {i, 0, 0, 0}});
    for (const float value : values) {
      sum += value;
      squares += std::pow(value, 2);
      fourths += std::pow(value, 4);
    }
    products += double{values[0]} * values[1];
  }
  const double count = 4.0 * kBlocks;
  // Five standard errors: 1, sqrt 2 and sqrt 96 over sqrt(count).
  EXPECT_NEAR(sum / count, 0, 5 / std::sqrt(count));
  EXPECT_NEAR(squares / count, 1, 5 * std::sqrt(2 / count));
  EXPECT_NEAR(fourths / count, 3, 5 * std::sqrt(96 / count));
  EXPECT_NEAR(products / kBlocks, 0, 5 / std::sqrt(kBlocks));
}

}  // namespace
}  // namespace agront
