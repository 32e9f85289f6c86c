// SPDX-License-Identifier: Apache-2.0
#include "ops/pooling/pooling.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "ops/pooling/pooling_reference.h"
#include "ops/testing/op_test.h"

namespace agront::ops {
namespace {

const std::vector<int64_t> kOffsets = {0, 1, 3, 3, 20, 75};  // one of them empty
constexpr int64_t kRows = 75, kGroups = 5;

class PoolingSweep : public testing::TestWithParam<int64_t> {};

TEST_P(PoolingSweep, EqualsFloat64) {
  const int64_t channels = GetParam();
  const auto x = RandomValues(kRows * channels, 1), weights = RandomValues(kRows, 2);
  const auto grad_pooled = RandomValues(kGroups * channels, 3);
  const tensor::Matrix x_matrix = MatrixOf(x, kRows), grad_matrix = MatrixOf(grad_pooled, kGroups);

  tensor::Matrix pooled(kGroups, channels);
  PoolingForward(x_matrix.view(), kOffsets, weights, pooled.view());
  EXPECT_LT(RelativeError(pooled.view().values(), PoolingReference(Doubles(x), kOffsets, Doubles(weights))), kEpsilon);

  // The sum is linear in x and in the weights: its gradients are sums, too.
  std::vector<double> want_x(x.size()), want_weights(kRows);
  for (int64_t group = 0; group < kGroups; ++group)
    for (int64_t i = kOffsets[group]; i < kOffsets[group + 1]; ++i)
      for (int64_t c = 0; c < channels; ++c) {
        const double gradient = grad_pooled[group * channels + c];
        want_x[i * channels + c] = static_cast<double>(weights[i]) * gradient;
        want_weights[i] += static_cast<double>(x[i * channels + c]) * gradient;
      }
  tensor::Matrix grad_x = MatrixOf(x, kRows);
  PoolingBackward(grad_matrix.view(), kOffsets, weights, grad_x.view());
  EXPECT_LT(RelativeError(grad_x.view().values(), want_x), kEpsilon);
  std::vector<float> grad_weights(kRows);
  PoolingBackwardWeights(x_matrix.view(), grad_matrix.view(), kOffsets, grad_weights);
  EXPECT_LT(RelativeError(std::span<const float>(grad_weights), want_weights), kEpsilon);
}

INSTANTIATE_TEST_SUITE_P(Channels, PoolingSweep, testing::Values(1, 7, 8, 9, 1500));

TEST(GroupSoftmax, EqualsFloat64AndDifferences) {
  const auto scores = RandomValues(kRows, 1), grad_weights = RandomValues(kRows, 2);
  std::vector<float> weights = scores;
  GroupSoftmaxForward(kOffsets, weights);
  EXPECT_LT(RelativeError(std::span<const float>(weights), GroupSoftmaxReference(kOffsets, Doubles(scores))),
            2 * kEpsilon);

  const auto loss = [&](const std::vector<double>& at) {
    const auto of_weights = GroupSoftmaxReference(kOffsets, at);
    double sum = 0;
    for (size_t i = 0; i < at.size(); ++i) sum += of_weights[i] * static_cast<double>(grad_weights[i]);
    return sum;
  };
  std::vector<double> want;
  for (size_t i = 0; i < scores.size(); ++i) {
    constexpr double kStep = 1e-5;
    std::vector<double> above = Doubles(scores), below = above;
    above[i] += kStep;
    below[i] -= kStep;
    want.push_back((loss(above) - loss(below)) / (2 * kStep));
  }
  std::vector<float> gradient = grad_weights;
  GroupSoftmaxBackward(kOffsets, weights, gradient);
  EXPECT_LT(RelativeError(std::span<const float>(gradient), want), 4 * kEpsilon);
}

TEST(GroupSoftmax, SurvivesLargeScores) {
  std::vector<float> values = {3e38f, -3e38f, 1e30f, 1e30f};
  GroupSoftmaxForward(std::vector<int64_t>{0, 2, 4}, values);
  EXPECT_EQ(values, (std::vector<float>{1, 0, 0.5f, 0.5f}));
}

TEST(Pooling, RefusesWhatDoesNotFit) {
  tensor::Matrix x(3, 4), pooled(2, 4), narrow(2, 3);
  std::vector<float> three(3), two(2);
  const std::vector<int64_t> good = {0, 1, 3}, short_one = {0, 2}, falling = {0, 4, 3};
  for (const auto& offsets : {short_one, falling}) {
    EXPECT_THROW(PoolingForward(x.view(), offsets, three, pooled.view()), Error);
    EXPECT_THROW(GroupSoftmaxForward(offsets, three), Error);
  }
  EXPECT_THROW(PoolingForward(x.view(), good, two, pooled.view()), Error);
  EXPECT_THROW(PoolingForward(x.view(), good, three, narrow.view()), Error);
  EXPECT_THROW(PoolingBackward(pooled.view(), good, two, x.view()), Error);
  EXPECT_THROW(PoolingBackwardWeights(x.view(), pooled.view(), good, two), Error);
  EXPECT_THROW(GroupSoftmaxBackward(good, three, two), Error);
}

}  // namespace
}  // namespace agront::ops
