// SPDX-License-Identifier: Apache-2.0
// The losses as their definitions say, for tests; their gradients are checked by differences.
#pragma once

#include <cmath>

namespace agront::ops {

template <class T>
T BinaryCrossEntropyReference(T x, T y) {
  const T sigmoid = 1 / (1 + std::exp(-x));
  return -y * std::log(sigmoid) - (1 - y) * std::log(1 - sigmoid);
}

template <class T>
T SquaredErrorReference(T x, T y) {
  return (x - y) * (x - y);
}

}  // namespace agront::ops
