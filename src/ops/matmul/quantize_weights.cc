// SPDX-License-Identifier: Apache-2.0
#include "ops/matmul/quantize_weights.h"

#include <cmath>
#include <numeric>
#include <vector>

#include "base/parallel.h"
#include "ops/int8/int8.h"

namespace agront::ops {

namespace {

/// Row by row. Not within a parallel loop, which must not throw.
WeightView InRows(const WeightView& weights) {
  const auto rows = std::make_shared<std::vector<float>>(static_cast<size_t>(weights.out * weights.in));
  for (int64_t o = 0; o < weights.out; ++o)
    for (int64_t i = 0; i < weights.in; ++i)
      (*rows)[o * weights.in + i] = weights.data[o * weights.out_stride + i * weights.in_stride];
  return {rows->data(), weights.out, weights.in, weights.in, 1, rows};
}

}  // namespace

QuantizedWeights Quantize(const WeightView& any_strides) {
  const WeightView weights = any_strides.in_stride == 1 ? any_strides : InRows(any_strides);
  struct Values {
    std::vector<int8_t> weights;
    std::vector<float> scales;
  };
  const auto values = std::make_shared<Values>();
  values->weights.resize(static_cast<size_t>(weights.out * weights.in));
  values->scales.resize(static_cast<size_t>(weights.out));
  std::vector<double> errors(values->scales.size());
  std::vector<double> squares(values->scales.size());
  ParallelFor(weights.out, [&](int64_t o) {
    const std::span<const float> row(weights.data + o * weights.out_stride, static_cast<size_t>(weights.in));
    const ChannelQuantization channel = QuantizeWeights(row, {values->weights.data() + o * weights.in, row.size()});
    values->scales[o] = channel.scale;
    errors[o] = channel.squared_error;
    squares[o] = channel.square;
  });
  const double square = std::reduce(squares.begin(), squares.end());
  const double error = std::reduce(errors.begin(), errors.end());
  return {{values->weights.data(), values->scales.data(), weights.out, weights.in, values},
          square > 0 ? std::sqrt(error / square) : 0.0};
}

}  // namespace agront::ops
