// SPDX-License-Identifier: Apache-2.0
// The gradients of a linear layer in plain loops, for tests.
#pragma once

#include <cstdint>
#include <vector>

namespace agront::ops {

template <class T>
struct LinearGradients {
  std::vector<T> x, weights, bias;
};

/// x [rows, in], weights [out, in], grad_y [rows, out], all dense.
template <class T>
LinearGradients<T> LinearBackwardReference(const std::vector<T>& x, const std::vector<T>& weights,
                                           const std::vector<T>& grad_y, int64_t rows) {
  const auto in = static_cast<int64_t>(x.size()) / rows;
  const auto out = static_cast<int64_t>(grad_y.size()) / rows;
  LinearGradients<T> gradients{std::vector<T>(x.size()), std::vector<T>(weights.size()), std::vector<T>(out)};
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t o = 0; o < out; ++o) {
      const T gradient = grad_y[r * out + o];
      gradients.bias[o] += gradient;
      for (int64_t i = 0; i < in; ++i) {
        gradients.x[r * in + i] += gradient * weights[o * in + i];
        gradients.weights[o * in + i] += gradient * x[r * in + i];
      }
    }
  return gradients;
}

}  // namespace agront::ops
