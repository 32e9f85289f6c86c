// SPDX-License-Identifier: Apache-2.0
#include "ops/tanh/tanh.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/error.h"
#include "ops/tanh/tanh_reference.h"
#include "ops/testing/op_test.h"

namespace agront::ops {
namespace {

class TanhSweep : public testing::TestWithParam<size_t> {};

TEST_P(TanhSweep, EqualsFloat64) {
  const size_t count = GetParam();
  const auto x = RandomValues(count, 1), grad_y = RandomValues(count, 2);
  std::vector<double> want, want_gradient;
  for (size_t i = 0; i < count; ++i) {
    want.push_back(std::tanh(static_cast<double>(x[i])));
    want_gradient.push_back(static_cast<double>(grad_y[i]) * TanhGradientReference(static_cast<double>(x[i])));
  }
  std::vector<float> y = x, gradient = grad_y;
  TanhForward(y, y);
  TanhBackward(y, gradient);
  EXPECT_LT(RelativeError(std::span<const float>(y), want), 4 * kEpsilon);
  // Where y is near 1, its rounding is all that 1 - y^2 has.
  EXPECT_LT(RelativeError(std::span<const float>(gradient), want_gradient), 8 * kEpsilon);
}

INSTANTIATE_TEST_SUITE_P(Counts, TanhSweep, testing::Values(1, 4095, 4096, 4097));

TEST(Tanh, RefusesSizesThatDiffer) {
  std::vector<float> two(2), three(3);
  EXPECT_THROW(TanhForward(two, three), Error);
  EXPECT_THROW(TanhBackward(two, three), Error);
}

}  // namespace
}  // namespace agront::ops
