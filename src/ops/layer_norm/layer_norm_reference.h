// SPDX-License-Identifier: Apache-2.0
// Layer normalisation in plain loops, for tests.
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

namespace agront::ops {

/// x [rows, C] with C = scale.size(); returns y.
template <class T>
std::vector<T> LayerNormReference(const std::vector<T>& x, const std::vector<T>& scale, const std::vector<T>& offset,
                                  T epsilon) {
  const auto channels = static_cast<int64_t>(scale.size());
  std::vector<T> y(x.size());
  for (size_t begin = 0; begin < x.size(); begin += scale.size()) {
    T mean = 0;
    for (int64_t c = 0; c < channels; ++c) mean += x[begin + c] / static_cast<T>(channels);
    T variance = 0;
    for (int64_t c = 0; c < channels; ++c)
      variance += (x[begin + c] - mean) * (x[begin + c] - mean) / static_cast<T>(channels);
    for (int64_t c = 0; c < channels; ++c)
      y[begin + c] = (x[begin + c] - mean) / std::sqrt(variance + epsilon) * scale[c] + offset[c];
  }
  return y;
}

}  // namespace agront::ops
