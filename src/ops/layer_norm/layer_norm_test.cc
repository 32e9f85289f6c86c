// SPDX-License-Identifier: Apache-2.0
#include "ops/layer_norm/layer_norm.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "ops/layer_norm/layer_norm_reference.h"
#include "ops/op_test.h"

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
}

}  // namespace
}  // namespace agront::ops
