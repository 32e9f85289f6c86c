// SPDX-License-Identifier: Apache-2.0
// The gradient of tanh in plain loops, for tests.
#pragma once

#include <cmath>

namespace agront::ops {

template <class T>
T TanhGradientReference(T x) {
  return 1 / (std::cosh(x) * std::cosh(x));
}

}  // namespace agront::ops
