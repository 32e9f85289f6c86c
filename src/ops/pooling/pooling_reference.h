// SPDX-License-Identifier: Apache-2.0
// Attention pooling as one function in plain loops, for tests; gradients are checked by differences.
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

namespace agront::ops {

/// x [rows, channels] dense. Returns [groups, channels].
template <class T>
std::vector<T> PoolingReference(const std::vector<T>& x, const std::vector<int64_t>& offsets,
                                const std::vector<T>& weights) {
  const size_t channels = x.size() / weights.size();
  std::vector<T> pooled((offsets.size() - 1) * channels);
  for (size_t group = 0; group + 1 < offsets.size(); ++group)
    for (auto i = static_cast<size_t>(offsets[group]); i < static_cast<size_t>(offsets[group + 1]); ++i)
      for (size_t c = 0; c < channels; ++c) pooled[group * channels + c] += weights[i] * x[i * channels + c];
  return pooled;
}

template <class T>
std::vector<T> GroupSoftmaxReference(const std::vector<int64_t>& offsets, std::vector<T> values) {
  for (size_t group = 0; group + 1 < offsets.size(); ++group) {
    T sum = 0;
    for (int64_t i = offsets[group]; i < offsets[group + 1]; ++i) sum += std::exp(values[i]);
    for (int64_t i = offsets[group]; i < offsets[group + 1]; ++i) values[i] = std::exp(values[i]) / sum;
  }
  return values;
}

}  // namespace agront::ops
