// SPDX-License-Identifier: Apache-2.0
// Scaled channels and the gradient of the scales in plain loops, for tests.
#pragma once

#include <cstddef>
#include <vector>

namespace agront::ops {

/// x and the result are dense rows of scales.size() values.
template <class T>
std::vector<T> ChannelScaleReference(std::vector<T> x, const std::vector<T>& scales) {
  for (size_t i = 0; i < x.size(); ++i) x[i] *= scales[i % scales.size()];
  return x;
}

template <class T>
std::vector<T> ChannelScaleGradientReference(const std::vector<T>& x, const std::vector<T>& grad_y, size_t channels) {
  std::vector<T> gradient(channels);
  for (size_t i = 0; i < x.size(); ++i) gradient[i % channels] += x[i] * grad_y[i];
  return gradient;
}

}  // namespace agront::ops
