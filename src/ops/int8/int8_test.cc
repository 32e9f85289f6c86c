// SPDX-License-Identifier: Apache-2.0
#include "ops/int8/int8.h"

#include <gtest/gtest.h>

#include "ops/int8/int8_reference.h"
#include "ops/testing/op_test.h"

namespace agront::ops {
namespace {

TEST(Int8, QuantizesRowsWithinHalfAStep) {
  const int64_t rows = 5, cols = 77;
  auto values = RandomValues(rows * cols, 1);
  std::fill_n(values.begin() + 2 * cols, cols, 0.0f);              // a row of zeros
  for (int64_t i = 3 * cols; i < 4 * cols; ++i) values[i] = 5.0f;  // one value: zero is part of the range
  const tensor::Matrix x = MatrixOf(values, rows);
  const int64_t stride = 128;
  std::vector<uint8_t> quantized(rows * stride, 1);
  std::vector<RowQuantization> row_of(rows);
  QuantizeRows(x.view(), stride, quantized, row_of);
  for (int64_t i = 0; i < rows; ++i) {
    const RowQuantization want = RowQuantizationReference(x.view().row(i));
    EXPECT_NEAR(row_of[i].scale, want.scale, 2 * kEpsilon * want.scale);
    EXPECT_EQ(row_of[i].zero, want.zero);
    for (int64_t k = cols; k < stride; ++k) ASSERT_EQ(quantized[i * stride + k], 0);
    for (int64_t k = 0; k < cols; ++k) {
      const int q = quantized[i * stride + k];
      ASSERT_LE(q, kMostInt8Input);
      const float back = row_of[i].scale * static_cast<float>(q - row_of[i].zero);
      // Half a step for the value, and half a step for the zero point when the value is at an end of the range.
      ASSERT_NEAR(back, values[i * cols + k], 1.001f * row_of[i].scale) << i << " " << k;
    }
  }
}

TEST(Int8, PoisonsRowsAndWeightsThatAreNotFinite) {
  for (const float bad : {INFINITY, -INFINITY, NAN}) {
    auto values = RandomValues(2 * 33, 1);
    values[40] = bad;
    const tensor::Matrix x = MatrixOf(values, 2);
    std::vector<uint8_t> quantized(values.size());
    std::vector<RowQuantization> rows(2);
    QuantizeRows(x.view(), x.view().cols, quantized, rows);
    EXPECT_TRUE(std::isfinite(rows[0].scale));
    EXPECT_TRUE(std::isnan(rows[1].scale));
    std::vector<int8_t> weights(values.size());
    EXPECT_TRUE(std::isnan(QuantizeWeights(values, weights).scale));
  }
}

TEST(Int8, RoundsWeightsToTheNearestStep) {
  for (const size_t count : {1, 7, 8, 9, 1500}) {
    const auto weights = RandomValues(count, count);
    std::vector<int8_t> quantized(count);
    const ChannelQuantization channel = QuantizeWeights(weights, quantized);
    const float scale = WeightScaleReference(weights);
    EXPECT_NEAR(channel.scale, scale, 2 * kEpsilon * scale);
    double error = 0;
    int32_t most = 0;
    for (size_t i = 0; i < count; ++i) {
      const double lost = static_cast<double>(weights[i]) - static_cast<double>(channel.scale) * quantized[i];
      EXPECT_LE(std::abs(lost), channel.scale * (0.5 + 64 * kEpsilon)) << i;
      error += lost * lost;
      most = std::max(most, std::abs(int32_t{quantized[i]}));
    }
    EXPECT_EQ(most, kMostInt8Weight);
    EXPECT_NEAR(channel.squared_error, error, 1e-5 * error + 1e-12);
  }
  std::vector<int8_t> quantized(9, 1);
  QuantizeWeights(std::vector<float>(9, 0.0f), quantized);
  EXPECT_EQ(quantized, std::vector<int8_t>(9, 0));
}

}  // namespace
}  // namespace agront::ops
