// SPDX-License-Identifier: Apache-2.0
// One head's columns in a matrix of all heads. A file of its own, because the kernels are compiled once for each
// instruction set and must all take the same type.
#pragma once

#include <cstddef>

namespace agront::ops {

struct HeadRows {
  const float* data;
  size_t stride;
  const float* row(size_t i) const { return data + i * stride; }
};

}  // namespace agront::ops
