// SPDX-License-Identifier: Apache-2.0
#include "ops/channel_scale/channel_scale.h"

#include <gtest/gtest.h>

#include <ostream>

#include "base/error.h"
#include "base/parallel.h"
#include "ops/channel_scale/channel_scale_reference.h"
#include "ops/testing/op_test.h"

namespace agront::ops {
namespace {

struct Shape {
  int64_t rows, channels;
};

void PrintTo(const Shape& shape, std::ostream* out) { *out << shape.rows << "x" << shape.channels; }

class ChannelScaleSweep : public testing::TestWithParam<Shape> {};

TEST_P(ChannelScaleSweep, EqualsFloat64) {
  const auto [rows, channels] = GetParam();
  const auto x = RandomValues(rows * channels, 1), grad_y = RandomValues(rows * channels, 2);
  const auto scales = RandomValues(channels, 3), old = RandomValues(rows * channels, 4);
  const tensor::Matrix x_matrix = MatrixOf(x, rows), grad_matrix = MatrixOf(grad_y, rows);

  const std::vector<double> want = ChannelScaleReference(Doubles(x), Doubles(scales));
  tensor::Matrix y = MatrixOf(old, rows);
  std::vector<double> sum = want;
  for (size_t i = 0; i < sum.size(); ++i) sum[i] += static_cast<double>(old[i]);
  ChannelScale(x_matrix.view(), scales, Accumulate::kAdd, y.view());
  EXPECT_LT(RelativeError(y.view().values(), sum), 2 * kEpsilon);
  y = MatrixOf(x, rows);
  ChannelScale(y.view(), scales, Accumulate::kReplace, y.view());
  EXPECT_LT(RelativeError(y.view().values(), want), kEpsilon);

  const std::vector<double> once = ChannelScaleGradientReference(Doubles(x), Doubles(grad_y), scales.size());
  std::vector<double> twice = once;
  for (double& value : twice) value *= 2;
  const double bound = 2 * kEpsilon * std::sqrt(static_cast<double>(rows + 1));
  const int threads = MaxThreads();
  std::vector<float> first;
  for (const int count : {1, 3}) {
    SetThreads(count);
    std::vector<float> got(scales.size());
    ChannelScaleBackwardScales(x_matrix.view(), grad_matrix.view(), got);
    EXPECT_LT(RelativeError(std::span<const float>(got), once), bound);
    if (first.empty()) first = got;
    EXPECT_EQ(got, first);
    ChannelScaleBackwardScales(x_matrix.view(), grad_matrix.view(), got);
    EXPECT_LT(RelativeError(std::span<const float>(got), twice), bound);
  }
  SetThreads(threads);
}

INSTANTIATE_TEST_SUITE_P(Shapes, ChannelScaleSweep,
                         testing::Values(Shape{1, 1}, Shape{1, 129}, Shape{15, 127}, Shape{16, 128}, Shape{17, 7},
                                         Shape{63, 8}, Shape{64, 9}, Shape{65, 257}, Shape{1025, 33}));

TEST(ChannelScale, RefusesShapesThatDoNotFit) {
  tensor::Matrix x(3, 4), y(3, 4), wrong(3, 5);
  std::vector<float> four(4), five(5);
  EXPECT_THROW(ChannelScale(x.view(), five, Accumulate::kAdd, y.view()), Error);
  EXPECT_THROW(ChannelScale(x.view(), four, Accumulate::kAdd, wrong.view()), Error);
  EXPECT_THROW(ChannelScaleBackwardScales(x.view(), wrong.view(), four), Error);
  EXPECT_THROW(ChannelScaleBackwardScales(x.view(), y.view(), five), Error);
}

}  // namespace
}  // namespace agront::ops
