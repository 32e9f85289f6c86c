// SPDX-License-Identifier: Apache-2.0
// The arguments of the kernel. A file of its own, because the kernels are compiled once for each instruction set and
// must all take the same type.
#pragma once

#include <cstddef>

namespace agront::ops {

struct AdamWTask {
  float* values;
  const float* gradients;
  float* first_moments;
  float* second_moments;
  size_t count;
  float beta1, beta2;
  float new1, new2;  ///< 1 - beta, rounded once: 1 - 0.999f would be wrong in its fifth digit
  float gradient_scale;
  float keep;          ///< 1 - rate decay
  float rate;          ///< over 1 - beta1^t
  float inverse_root;  ///< 1 / sqrt(1 - beta2^t)
  float epsilon;
};

}  // namespace agront::ops
