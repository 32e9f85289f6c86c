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

template <class T>
struct LayerNormReferenceGradients {
  std::vector<T> x, scale, offset;
};

/// By the chain rule over mean, variance and quotient, one after another.
template <class T>
LayerNormReferenceGradients<T> LayerNormBackwardReference(const std::vector<T>& x, const std::vector<T>& scale,
                                                          T epsilon, const std::vector<T>& grad_y) {
  const auto channels = static_cast<int64_t>(scale.size());
  const T count = static_cast<T>(channels);
  LayerNormReferenceGradients<T> gradients{std::vector<T>(x.size()), std::vector<T>(scale.size()),
                                           std::vector<T>(scale.size())};
  for (size_t begin = 0; begin < x.size(); begin += scale.size()) {
    T mean = 0;
    for (int64_t c = 0; c < channels; ++c) mean += x[begin + c] / count;
    T variance = 0;
    for (int64_t c = 0; c < channels; ++c) variance += (x[begin + c] - mean) * (x[begin + c] - mean) / count;
    const T deviation = std::sqrt(variance + epsilon);
    T grad_deviation = 0;
    for (int64_t c = 0; c < channels; ++c) {
      const T centred = x[begin + c] - mean;
      gradients.scale[c] += grad_y[begin + c] * centred / deviation;
      gradients.offset[c] += grad_y[begin + c];
      grad_deviation -= grad_y[begin + c] * scale[c] * centred / (deviation * deviation);
    }
    const T grad_variance = grad_deviation / (2 * deviation);
    T grad_mean = 0;
    for (int64_t c = 0; c < channels; ++c) {
      const T grad_centred =
          grad_y[begin + c] * scale[c] / deviation + grad_variance * 2 * (x[begin + c] - mean) / count;
      gradients.x[begin + c] += grad_centred;
      grad_mean -= grad_centred;
    }
    for (int64_t c = 0; c < channels; ++c) gradients.x[begin + c] += grad_mean / count;
  }
  return gradients;
}

}  // namespace agront::ops
