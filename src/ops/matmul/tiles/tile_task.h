// SPDX-License-Identifier: Apache-2.0
// The arguments of the product by tiles. A file of its own, because the kernels are compiled once for each instruction
// set and must all take the same type.
#pragma once

#include <cstddef>
#include <cstdint>

#include "ops/int8/int8.h"
#include "ops/matmul/epilogue.h"

namespace agront::ops {

/// What multiplies lines and panels.
enum class TileUnit {
  kTiles,    ///< with device::cpu::kTiles
  kDots,     ///< dot products of AVX-512, with device::cpu::kBf16Products or kInt8Dots
  kDots256,  ///< dot products of 8 bits in vectors of 256 bits, with device::cpu::kInt8Dots256
};

/// Some rows times panels [first_panel, last_panel) of the weights.
struct TileTask {
  const std::byte* x;  ///< of the first row
  size_t stride;       ///< bytes from one row to the next
  size_t rows;
  const std::byte* panels;  ///< of the whole matrix
  size_t steps;             ///< of a panel
  size_t groups;            ///< of a panel that are not only filled up with zeros
  size_t out;
  size_t first_panel;
  size_t last_panel;
  const float* bias;
  TileUnit unit;
  Epilogue epilogue;
  float* y;  ///< of the first row; rows are `out` long
  /// Instead of y, of the first row: y rounded to bfloat16, in rows of `line_stride` values, which are whole lines.
  uint16_t* lines = nullptr;
  size_t line_stride = 0;
  // For 8-bit products only:
  const RowQuantization* quantization = nullptr;  ///< of the first row
  const int32_t* weight_sums = nullptr;
  const float* weight_scales = nullptr;
};

}  // namespace agront::ops
