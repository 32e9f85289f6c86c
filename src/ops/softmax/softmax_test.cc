// SPDX-License-Identifier: Apache-2.0
#include "ops/softmax/softmax.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "ops/op_test.h"

namespace agront::ops {
namespace {

TEST(Softmax, EqualsFloat64) {
  for (const int64_t columns : {1, 5, 4105}) {
    const auto x = RandomValues(3 * columns, 7, 20.0f);
    tensor::Matrix y = MatrixOf(x, 3);
    SoftmaxForward(y.view(), y.view());
    std::vector<double> want;
    for (int64_t row = 0; row < 3; ++row) {
      double sum = 0;
      for (int64_t j = 0; j < columns; ++j) sum += std::exp(double{x[row * columns + j]});
      for (int64_t j = 0; j < columns; ++j) want.push_back(std::exp(double{x[row * columns + j]}) / sum);
    }
    EXPECT_LT(RelativeError(y.view().values(), want), 64 * kEpsilon) << columns;
  }
}

TEST(Softmax, RefusesShapesThatDiffer) {
  tensor::Matrix x(2, 3);
  tensor::Matrix y(2, 4);
  EXPECT_THROW(SoftmaxForward(x.view(), y.view()), Error);
}

}  // namespace
}  // namespace agront::ops
