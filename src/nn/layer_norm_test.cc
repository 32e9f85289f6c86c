// SPDX-License-Identifier: Apache-2.0
#include "nn/layer_norm.h"

#include <gtest/gtest.h>

#include <utility>

#include "nn/layers_reference.h"

namespace agront::nn {
namespace {

TEST(LayerNorm, EqualsFloat64InPlaceWithItsOwnEpsilon) {
  constexpr int64_t kRows = 5, kChannels = 75;
  const std::vector<float> values = ops::RandomValues(kRows * kChannels, 1, 0.1f);
  for (const float epsilon : {1e-12f, 1e-2f}) {  // the second is as large as the variance
    RandomSource source;
    const LayerNorm norm(source, "norm", kChannels, epsilon);
    tensor::Matrix x = ops::MatrixOf(values, kRows);
    norm.Forward(x.view(), x.view());
    const Values want =
        LayerNormReference(source.Doubles(), "norm", ops::Doubles(values), static_cast<double>(epsilon));
    EXPECT_LT(ops::RelativeError(std::as_const(x).view().values(), want), 8 * ops::kEpsilon) << epsilon;
  }
}

}  // namespace
}  // namespace agront::nn
