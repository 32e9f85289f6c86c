// SPDX-License-Identifier: Apache-2.0
#include "ops/layer_norm/layer_norm.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "ops/layer_norm/layer_norm_reference.h"
#include "ops/testing/op_test.h"

namespace agront::ops {
namespace {

class LayerNormSweep : public testing::TestWithParam<int64_t> {};

TEST_P(LayerNormSweep, EqualsFloat64) {
  const int64_t channels = GetParam();
  const int64_t rows = 37;
  auto x = RandomValues(rows * channels, 1);
  for (float& value : x) value += 3.0f;  // a mean that is not zero
  const auto scale = RandomValues(channels, 2);
  const auto offset = RandomValues(channels, 3);
  for (const float epsilon : {1e-12f, 1e-5f}) {
    tensor::Matrix matrix = MatrixOf(x, rows);
    LayerNormForward(matrix.view(), scale, offset, epsilon, matrix.view());  // in place
    const auto want = LayerNormReference<double>(Doubles(x), Doubles(scale), Doubles(offset), epsilon);
    EXPECT_LT(RelativeError(matrix.view().values(), want), 16 * kEpsilon) << epsilon;
  }
}

TEST_P(LayerNormSweep, GradientsEqualFloat64) {
  const int64_t channels = GetParam();
  for (const int64_t rows : {1, 63, 64, 65}) {
    auto x = RandomValues(rows * channels, 1);
    for (float& value : x) value += 3.0f;
    const auto scale = RandomValues(channels, 2), grad_y = RandomValues(rows * channels, 3);
    const auto old_x = RandomValues(rows * channels, 4), old_scale = RandomValues(channels, 5);
    const tensor::Matrix x_matrix = MatrixOf(x, rows), grad_y_matrix = MatrixOf(grad_y, rows);
    tensor::Matrix grad_x = MatrixOf(old_x, rows);
    std::vector<float> grad_scale = old_scale, grad_offset = old_scale;
    constexpr float kEpsilonOfModel = 1e-5f;
    LayerNormBackward(x_matrix.view(), scale, kEpsilonOfModel, grad_y_matrix.view(),
                      {grad_x.view(), grad_scale, grad_offset});
    auto want = LayerNormBackwardReference<double>(Doubles(x), Doubles(scale), kEpsilonOfModel, Doubles(grad_y));
    // x - mean(x) loses what the mean is larger than the deviation, by which it is then divided: two channels may lie
    // close together.
    double least = 1;
    for (int64_t r = 0; r < rows; ++r) {
      double mean = 0, variance = 0;
      for (int64_t c = 0; c < channels; ++c) mean += x[r * channels + c] / static_cast<double>(channels);
      for (int64_t c = 0; c < channels; ++c)
        variance += std::pow(x[r * channels + c] - mean, 2) / static_cast<double>(channels);
      least = std::min(least, std::sqrt(variance));
    }
    const double bound = 64 * kEpsilon / (least * least);
    for (size_t i = 0; i < want.x.size(); ++i) want.x[i] += static_cast<double>(old_x[i]);
    for (size_t i = 0; i < scale.size(); ++i) {
      want.scale[i] += static_cast<double>(old_scale[i]);
      want.offset[i] += static_cast<double>(old_scale[i]);
    }
    EXPECT_LT(RelativeError(grad_x.view().values(), want.x), bound) << rows;
    EXPECT_LT(RelativeError(std::span<const float>(grad_scale), want.scale), bound) << rows;
    EXPECT_LT(RelativeError(std::span<const float>(grad_offset), want.offset), 16 * kEpsilon) << rows;

    std::vector<float> scale_alone = old_scale;
    LayerNormBackward(x_matrix.view(), scale, kEpsilonOfModel, grad_y_matrix.view(), {{}, scale_alone, {}});
    EXPECT_EQ(scale_alone, grad_scale);
  }
}

INSTANTIATE_TEST_SUITE_P(Channels, LayerNormSweep, testing::Values(2, 7, 16, 31, 32, 90, 1500));

TEST(LayerNorm, ConstantRowGivesTheOffset) {
  tensor::Matrix matrix = MatrixOf(std::vector<float>(90, 2.5f), 1);
  const std::vector<float> scale(90, 1.0f);
  const std::vector<float> offset(90, -0.5f);
  LayerNormForward(matrix.view(), scale, offset, 1e-12f, matrix.view());
  for (float value : matrix.row(0)) EXPECT_EQ(value, -0.5f);
}

TEST(LayerNorm, RefusesShapesThatDoNotFit) {
  tensor::Matrix matrix(2, 8);
  const std::vector<float> seven(7);
  EXPECT_THROW(LayerNormForward(matrix.view(), seven, seven, 1e-5f, matrix.view()), Error);
  tensor::Matrix gradient(3, 8);
  const std::vector<float> eight(8);
  EXPECT_THROW(LayerNormBackward(matrix.view(), seven, 1e-5f, matrix.view(), {}), Error);
  EXPECT_THROW(LayerNormBackward(matrix.view(), eight, 1e-5f, gradient.view(), {}), Error);
  EXPECT_THROW(LayerNormBackward(matrix.view(), eight, 1e-5f, matrix.view(), {gradient.view(), {}, {}}), Error);
}

}  // namespace
}  // namespace agront::ops
