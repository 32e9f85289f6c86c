// SPDX-License-Identifier: Apache-2.0
// The arguments of the kernel of 8-bit panels, and how the panels lie in memory. A file of its own, because the
// kernels are compiled once for each instruction set and must all take the same types.
#pragma once

#include <cstddef>
#include <cstdint>

#include "ops/int8/int8.h"
#include "ops/matmul/epilogue.h"

namespace agront::ops {

inline constexpr size_t kInt8TileRows = 4;
inline constexpr size_t kInt8PanelColumns = 16;
inline constexpr size_t kInt8GroupInputs = 8;

/// Where in a panel the weight of an input for one of its outputs is.
constexpr size_t Int8PanelPlace(size_t input, size_t output) {
  constexpr size_t kHalf = kInt8GroupInputs / 2;
  return (input / kHalf * kInt8PanelColumns + output) * kHalf + input % kHalf;
}

/// Some rows times panels [first_panel, last_panel) of the weights.
struct Int8PanelTask {
  const uint8_t* quantized;  ///< of the first row
  const RowQuantization* rows;
  size_t num_rows;
  size_t in;
  const int8_t* panels;  ///< of the whole matrix
  size_t out;
  size_t first_panel;
  size_t last_panel;
  const int32_t* weight_sums;
  const float* weight_scales;
  const float* bias;
  Epilogue epilogue;
  float* y;  ///< of the first row; rows are `out` long
};

}  // namespace agront::ops
