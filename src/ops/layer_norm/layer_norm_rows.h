// SPDX-License-Identifier: Apache-2.0
// The arguments of the backward kernel. A file of its own, because the kernels are compiled once for each instruction
// set and must all take the same type.
#pragma once

#include <cstddef>

namespace agront::ops {

struct LayerNormRows {
  const float* x;
  const float* scale;
  float epsilon;
  const float* grad_y;
  float* grad_x;  ///< null when not wanted
  size_t rows;
  size_t channels;
};

}  // namespace agront::ops
