// SPDX-License-Identifier: Apache-2.0
// The arguments of the kernel of panels. A file of its own, because the kernels are compiled once for each instruction
// set and must all take the same types.
#pragma once

#include <cstddef>
#include <cstdint>

#include "ops/matmul/epilogue.h"

namespace agront::ops {

/// Rows of x times panels [first_panel, last_panel) of the weights.
struct PanelTask {
  const float* x;  ///< of the first row
  size_t row_stride;
  size_t in_stride;
  size_t rows;
  size_t in;
  const void* panels;  ///< of the whole matrix
  bool is_bf16;
  size_t out;
  size_t first_panel;
  size_t last_panel;
  const float* bias;  ///< null for none
  Epilogue epilogue;
  float* y;  ///< of the first row; rows are `out` long
};

enum class WeightFormat { kFloat32, kBFloat16, kInt8 };

/// Panels [first_panel, last_panel) of some weights [out, in], to be packed.
struct PackTask {
  const void* weights;  ///< of output channel 0
  WeightFormat format;
  const float* scales = nullptr;  ///< kInt8: of each row of memory
  size_t out_stride;
  size_t in_stride;
  size_t in;
  size_t out;
  bool rows_are_inputs = false;  ///< a row of memory has the weights of an input, and not of an output
  size_t first_panel = 0;
  size_t last_panel = 0;
};

}  // namespace agront::ops
