// SPDX-License-Identifier: Apache-2.0
#include "ops/gelu/gelu.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "ops/gelu/gelu_reference.h"
#include "ops/matmul/matmul_reference.h"
#include "ops/testing/op_test.h"

namespace agront::ops {
namespace {

/// ||got - want|| / ||scale||: the errors are relative to what is multiplied, not to the product, which may be near 0.
double ErrorAgainst(const std::vector<float>& scale, const std::vector<float>& got, const std::vector<double>& want) {
  double difference = 0, norm = 0;
  for (size_t i = 0; i < want.size(); ++i) {
    difference += std::pow(static_cast<double>(got[i]) - want[i], 2);
    norm += std::pow(static_cast<double>(scale[i]), 2);
  }
  return std::sqrt(difference / norm);
}

TEST(Gelu, EqualsFloat64) {
  for (const size_t count : {1, 7, 8, 9, 16383, 16384, 16385, 50001}) {
    const auto x = RandomValues(count, 1, 2.0f), gradient = RandomValues(count, 2);
    std::vector<double> want, want_gradient;
    for (size_t i = 0; i < count; ++i) {
      want.push_back(GeluReference(static_cast<double>(x[i])));
      want_gradient.push_back(static_cast<double>(gradient[i]) * GeluGradientReference(static_cast<double>(x[i])));
    }
    std::vector<float> y(count), grad_x = gradient;
    GeluForward(x, y);
    GeluBackward(x, grad_x);
    // The formula of erf is wrong by 1.5e-7, which is 2.5 roundings.
    EXPECT_LT(ErrorAgainst(x, y, want), 8 * kEpsilon) << count;
    EXPECT_LT(ErrorAgainst(gradient, grad_x, want_gradient), 8 * kEpsilon) << count;
  }
}

TEST(Gelu, IsFlatOrStraightFarOut) {
  const std::vector<float> x = {-1e30f, -50.0f, 50.0f, 1e30f};
  std::vector<float> gradient(4, 3.0f);
  GeluBackward(x, gradient);
  const std::vector<float> want = {0.0f, 0.0f, 3.0f, 3.0f};
  for (size_t i = 0; i < want.size(); ++i) EXPECT_NEAR(gradient[i], want[i], 1e-7f);
}

TEST(Gelu, RefusesSizesThatDiffer) {
  const std::vector<float> x(3);
  std::vector<float> y(4);
  EXPECT_THROW(GeluForward(x, y), Error);
  EXPECT_THROW(GeluBackward(x, y), Error);
}

}  // namespace
}  // namespace agront::ops
