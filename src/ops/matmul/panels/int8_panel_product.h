// SPDX-License-Identifier: Apache-2.0
// Our own 8-bit product for processors with AVX2 only, whose 16-bit multiply-adds make the sums of eight products in
// three instructions (ops/int8 says why that is exact). The weights are stored as they are read:
//
//   [panel of 16 outputs][8 inputs][half][output][4 inputs]
//
// with zeros for outputs and inputs past the matrix.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "ops/int8/int8.h"
#include "ops/matmul/epilogue.h"
#include "ops/matmul/weight_views.h"
#include "tensor/matrix.h"

namespace agront::ops {

size_t Int8PanelBytes(int64_t out, int64_t in);
/// Where in the panels the weight of an input for an output is.
size_t Int8PanelIndex(int64_t output, int64_t input, int64_t in);

/// By all threads. `panels` has Int8PanelBytes.
void PackInt8Panels(const Int8WeightView& weights, std::span<int8_t> panels);

struct Int8PanelWeights {
  const int8_t* panels;
  int64_t out;
  int64_t in;
  std::span<const int32_t> sums;  ///< [out], of the weights
  std::span<const float> scales;  ///< [out]
  std::span<const float> bias;    ///< [out]
};

/// y [rows, out] of the quantized rows [rows, in], by all threads.
void MultiplyInt8Panels(const uint8_t* quantized, std::span<const RowQuantization> rows,
                        const Int8PanelWeights& weights, Epilogue epilogue, tensor::MatrixView y);

}  // namespace agront::ops
