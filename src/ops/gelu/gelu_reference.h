// SPDX-License-Identifier: Apache-2.0
// The gradient of gelu in plain loops, for tests; gelu itself is in ops/matmul/matmul_reference.h.
#pragma once

#include <cmath>
#include <numbers>

namespace agront::ops {

template <class T>
T GeluGradientReference(T x) {
  const T root = std::sqrt(T(2));
  return (1 + std::erf(x / root)) / 2 + x * std::exp(-x * x / 2) / (root * std::sqrt(std::numbers::pi_v<T>));
}

}  // namespace agront::ops
