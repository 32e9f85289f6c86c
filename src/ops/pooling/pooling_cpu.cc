// SPDX-License-Identifier: Apache-2.0
// One pass over the rows beside the hundreds of a model's forward pass: plain loops.
#include <algorithm>
#include <cmath>
#include <vector>

#include "base/error.h"
#include "base/parallel.h"
#include "ops/pooling/pooling.h"

namespace agront::ops {
namespace {

int64_t Groups(std::span<const int64_t> offsets, int64_t rows) {
  if (offsets.empty() || offsets.front() != 0 || offsets.back() != rows || !std::ranges::is_sorted(offsets))
    Fail("pooling: offsets must rise from 0 to the number of rows, {}", rows);
  return static_cast<int64_t>(offsets.size()) - 1;
}

void Check(tensor::ConstMatrixView x, tensor::ConstMatrixView pooled, std::span<const int64_t> offsets,
           size_t weights) {
  const int64_t groups = Groups(offsets, x.rows);
  if (pooled.rows != groups || pooled.cols != x.cols || static_cast<int64_t>(weights) != x.rows)
    Fail("pooling: x [{}, {}] in {} groups and {} weights do not fit pooled [{}, {}]", x.rows, x.cols, groups, weights,
         pooled.rows, pooled.cols);
}

double Dot(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  return sum;
}

}  // namespace

void PoolingForward(tensor::ConstMatrixView x, std::span<const int64_t> offsets, std::span<const float> weights,
                    tensor::MatrixView pooled) {
  Check(x, pooled, offsets, weights.size());
  ParallelFor(pooled.rows, [&](int64_t group) {
    std::vector<double> sum(static_cast<size_t>(x.cols));
    for (int64_t i = offsets[group]; i < offsets[group + 1]; ++i) {
      const auto row = x.row(i);
      const double weight = weights[i];
      for (size_t c = 0; c < sum.size(); ++c) sum[c] += weight * static_cast<double>(row[c]);
    }
    std::ranges::transform(sum, pooled.row(group).begin(), [](double value) { return static_cast<float>(value); });
  });
}

void PoolingBackward(tensor::ConstMatrixView grad_pooled, std::span<const int64_t> offsets,
                     std::span<const float> weights, tensor::MatrixView grad_x) {
  Check(grad_x, grad_pooled, offsets, weights.size());
  ParallelFor(grad_pooled.rows, [&](int64_t group) {
    for (int64_t i = offsets[group]; i < offsets[group + 1]; ++i)
      std::ranges::transform(grad_pooled.row(group), grad_x.row(i).begin(),
                             [weight = weights[i]](float value) { return weight * value; });
  });
}

void PoolingBackwardWeights(tensor::ConstMatrixView x, tensor::ConstMatrixView grad_pooled,
                            std::span<const int64_t> offsets, std::span<float> grad_weights) {
  Check(x, grad_pooled, offsets, grad_weights.size());
  ParallelFor(grad_pooled.rows, [&](int64_t group) {
    for (int64_t i = offsets[group]; i < offsets[group + 1]; ++i)
      grad_weights[i] = static_cast<float>(Dot(x.row(i), grad_pooled.row(group)));
  });
}

void GroupSoftmaxForward(std::span<const int64_t> offsets, std::span<float> values) {
  const int64_t groups = Groups(offsets, static_cast<int64_t>(values.size()));
  for (int64_t group = 0; group < groups; ++group) {
    const auto scores = values.subspan(offsets[group], offsets[group + 1] - offsets[group]);
    if (scores.empty()) continue;
    const double most = *std::ranges::max_element(scores);
    double sum = 0;
    for (const float score : scores) sum += std::exp(static_cast<double>(score) - most);
    for (float& value : scores) value = static_cast<float>(std::exp(static_cast<double>(value) - most) / sum);
  }
}

void GroupSoftmaxBackward(std::span<const int64_t> offsets, std::span<const float> weights, std::span<float> gradient) {
  const int64_t groups = Groups(offsets, static_cast<int64_t>(weights.size()));
  if (gradient.size() != weights.size()) Fail("pooling: {} gradients of {} weights", gradient.size(), weights.size());
  for (int64_t group = 0; group < groups; ++group) {
    const size_t first = offsets[group], count = offsets[group + 1] - offsets[group];
    const double mean = Dot(weights.subspan(first, count), gradient.subspan(first, count));
    for (size_t i = first; i < first + count; ++i)
      gradient[i] = static_cast<float>(static_cast<double>(weights[i]) * (static_cast<double>(gradient[i]) - mean));
  }
}

}  // namespace agront::ops
