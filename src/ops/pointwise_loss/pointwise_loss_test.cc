// SPDX-License-Identifier: Apache-2.0
#include "ops/pointwise_loss/pointwise_loss.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <ostream>

#include "base/error.h"
#include "ops/pointwise_loss/pointwise_loss_reference.h"
#include "ops/testing/op_test.h"

namespace agront::ops {

void PrintTo(PointwiseLoss loss, std::ostream* out) {
  *out << (loss == PointwiseLoss::kBinaryCrossEntropy ? "binary cross-entropy" : "squared error");
}

namespace {

constexpr float kNoNumber = std::numeric_limits<float>::quiet_NaN();

class PointwiseLossSweep : public testing::TestWithParam<PointwiseLoss> {};

TEST_P(PointwiseLossSweep, EqualsItsDefinitionAndDifferences) {
  const PointwiseLoss loss = GetParam();
  const size_t count = 1001;
  const auto outputs = RandomValues(count, 1, 3.0f), weights = RandomValues(count, 3);
  auto labels = RandomValues(count, 2);
  if (loss == PointwiseLoss::kBinaryCrossEntropy)
    for (float& label : labels) label = label > 0 ? 1.0f : label < -1 ? 0.25f : 0.0f;
  const auto reference = [&](double x, double y) {
    return loss == PointwiseLoss::kSquaredError ? SquaredErrorReference(x, y) : BinaryCrossEntropyReference(x, y);
  };
  std::vector<double> want, want_gradient;
  for (size_t i = 0; i < count; ++i) {
    constexpr double kStep = 1e-5;
    const double x = outputs[i], y = labels[i];
    want.push_back(reference(x, y));
    want_gradient.push_back(weights[i] * (reference(x + kStep, y) - reference(x - kStep, y)) / (2 * kStep));
  }
  std::vector<float> losses(count), losses_alone(count), gradient = outputs;
  PointwiseLossForward(loss, outputs, {labels, weights}, losses_alone);
  PointwiseLossForwardBackward(loss, gradient, {labels, weights}, losses);
  EXPECT_EQ(losses, losses_alone);
  EXPECT_LT(RelativeError(std::span<const float>(losses), want), kEpsilon);
  EXPECT_LT(RelativeError(std::span<const float>(gradient), want_gradient), 1e-7);
}

TEST_P(PointwiseLossSweep, MissingLabelsCostNothing) {
  std::vector<float> outputs = {1.0f, kNoNumber, 2.0f}, losses(3);
  const std::vector<float> labels = {kNoNumber, 0.0f, 1.0f}, weights = {0.0f, 0.0f, 1.0f};
  PointwiseLossForwardBackward(GetParam(), outputs, {labels, weights}, losses);
  EXPECT_EQ(losses[0], 0.0f);
  EXPECT_EQ(losses[1], 0.0f);
  EXPECT_GT(losses[2], 0.0f);
  EXPECT_EQ(outputs[0], 0.0f);
  EXPECT_EQ(outputs[1], 0.0f);
  EXPECT_NE(outputs[2], 0.0f);
}

TEST_P(PointwiseLossSweep, RefusesSizesThatDiffer) {
  std::vector<float> two(2), three(3);
  EXPECT_THROW(PointwiseLossForward(GetParam(), two, {three, two}, two), Error);
  EXPECT_THROW(PointwiseLossForward(GetParam(), two, {two, three}, two), Error);
  EXPECT_THROW(PointwiseLossForwardBackward(GetParam(), two, {two, two}, three), Error);
}

INSTANTIATE_TEST_SUITE_P(Losses, PointwiseLossSweep,
                         testing::Values(PointwiseLoss::kBinaryCrossEntropy, PointwiseLoss::kSquaredError));

TEST(PointwiseLoss, SurvivesLargeLogits) {
  std::vector<float> outputs = {3e38f, -3e38f, 200.0f, -200.0f}, losses(4);
  const std::vector<float> labels = {1, 0, 0, 1}, weights = {1, 1, 1, 1};
  PointwiseLossForwardBackward(PointwiseLoss::kBinaryCrossEntropy, outputs, {labels, weights}, losses);
  EXPECT_EQ(losses, (std::vector<float>{0, 0, 200, 200}));
  EXPECT_EQ(outputs, (std::vector<float>{0, 0, 1, -1}));
}

}  // namespace
}  // namespace agront::ops
