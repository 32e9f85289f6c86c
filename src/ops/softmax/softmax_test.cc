// SPDX-License-Identifier: Apache-2.0
#include "ops/softmax/softmax.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "ops/softmax/softmax_reference.h"
#include "ops/testing/op_test.h"

namespace agront::ops {
namespace {

TEST(Softmax, EqualsFloat64) {
  for (const int64_t columns : {1, 5, 4105}) {
    const auto x = RandomValues(3 * columns, 7, 20.0f);
    tensor::Matrix y = MatrixOf(x, 3);
    SoftmaxForward(y.view(), y.view());
    EXPECT_LT(RelativeError(y.view().values(), SoftmaxReference(Doubles(x), columns)), 64 * kEpsilon) << columns;
  }
}

TEST(Softmax, RefusesShapesThatDiffer) {
  tensor::Matrix x(2, 3);
  tensor::Matrix y(2, 4);
  EXPECT_THROW(SoftmaxForward(x.view(), y.view()), Error);
}

}  // namespace
}  // namespace agront::ops
