// SPDX-License-Identifier: Apache-2.0
// One row of an int8 product, from some column on. A file of its own, because the kernels are compiled once for each
// instruction set and must all take the same type.
#pragma once

#include <cstdint>

namespace agront::ops {

struct Int8Columns {
  const int32_t* sums;
  const int32_t* weight_sums;
  const float* weight_scales;
  const float* bias;
  float* y;
};

}  // namespace agront::ops
