// SPDX-License-Identifier: Apache-2.0
#include "ops/cross_entropy/cross_entropy.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/error.h"
#include "ops/cross_entropy/cross_entropy_reference.h"
#include "ops/testing/op_test.h"

namespace agront::ops {
namespace {

class CrossEntropySweep : public testing::TestWithParam<int64_t> {};

TEST_P(CrossEntropySweep, EqualsFloat64) {
  const int64_t columns = GetParam(), rows = 9;
  for (const float spread : {1.0f, 30.0f}) {
    const auto logits = RandomValues(rows * columns, 1, spread), weights = RandomValues(rows, 2);
    std::vector<int32_t> targets;
    for (int64_t i = 0; i < rows; ++i) targets.push_back(static_cast<int32_t>(i * 457 % columns));
    const auto want = CrossEntropyReference(Doubles(logits), targets, Doubles(weights));
    tensor::Matrix matrix = MatrixOf(logits, rows);
    std::vector<float> losses(rows), losses_alone(rows);
    std::vector<int32_t> predicted(rows), predicted_alone(rows);
    CrossEntropyForward(matrix.view(), {targets, weights}, {losses_alone, predicted_alone});
    CrossEntropyForwardBackward(matrix.view(), {targets, weights}, {losses, predicted});
    EXPECT_EQ(losses, losses_alone);
    EXPECT_EQ(predicted, predicted_alone);
    if (columns == 1) {
      EXPECT_EQ(losses, std::vector<float>(rows, 0.0f));
      continue;
    }
    EXPECT_LT(RelativeError(std::span<const float>(losses), want.losses), 8 * kEpsilon);
    // An exponent of up to e has an error of e roundings before the power is taken.
    EXPECT_LT(RelativeError(matrix.view().values(), want.gradient), 32 * (1 + spread / 8) * kEpsilon);
    for (int64_t i = 0; i < rows; ++i) {
      const float* row = logits.data() + i * columns;
      EXPECT_EQ(predicted[i], std::max_element(row, row + columns) - row);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Columns, CrossEntropySweep, testing::Values(1, 2, 7, 8, 9, 255, 256, 257, 4105));

TEST(CrossEntropy, SurvivesLargeLogits) {
  tensor::Matrix logits = MatrixOf({3e38f, -3e38f, 1e30f, 1e30f}, 2);
  const std::vector<int32_t> targets = {0, 1};
  const std::vector<float> weights = {1, 1};
  std::vector<float> losses(2);
  std::vector<int32_t> predicted(2);
  CrossEntropyForwardBackward(logits.view(), {targets, weights}, {losses, predicted});
  EXPECT_EQ(losses[0], 0.0f);
  EXPECT_NEAR(losses[1], std::log(2.0), 1e-6);
  EXPECT_EQ(predicted, (std::vector<int32_t>{0, 0}));
  const float* gradient = logits.view().data;
  EXPECT_EQ(gradient[0], 0.0f);
  EXPECT_NEAR(gradient[1], 0.0f, 1e-30f);
  EXPECT_EQ(gradient[2], 0.5f);
  EXPECT_EQ(gradient[3], -0.5f);
}

TEST(CrossEntropy, RefusesWhatDoesNotFit) {
  tensor::Matrix logits(2, 3);
  const std::vector<float> weights(2);
  std::vector<float> losses(2);
  std::vector<int32_t> predicted(2);
  const std::vector<int32_t> one = {0}, outside = {0, 3}, negative = {-1, 0};
  for (const auto& targets : {one, outside, negative})
    EXPECT_THROW(CrossEntropyForward(logits.view(), {targets, weights}, {losses, predicted}), Error);
}

TEST(CrossEntropy, PassesOnWhatIsNoNumber) {
  for (const size_t place : {0, 3, 4104}) {
    auto logits = RandomValues(2 * 4105, 1);
    logits[place] = std::numeric_limits<float>::quiet_NaN();
    tensor::Matrix matrix = MatrixOf(logits, 2);
    std::vector<float> losses(2);
    std::vector<int32_t> predicted(2);
    const std::vector<int32_t> targets = {7, 7};
    const std::vector<float> weights = {1, 1};
    CrossEntropyForward(matrix.view(), {targets, weights}, {losses, predicted});
    EXPECT_TRUE(std::isnan(losses[0])) << place;
    EXPECT_TRUE(std::isfinite(losses[1])) << place;
  }
}

}  // namespace
}  // namespace agront::ops
