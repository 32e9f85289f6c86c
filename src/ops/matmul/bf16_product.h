// SPDX-License-Identifier: Apache-2.0
// A product of two bfloat16 matrices that are both new, as training needs it: nothing is packed before.
#pragma once

#include <cstdint>
#include <span>

#include "ops/matmul/epilogue.h"
#include "tensor/matrix.h"

namespace agront::ops {

/// Any strides, in elements, of which one is 1.
struct Bf16Operand {
  const uint16_t* data = nullptr;
  int64_t rows = 0;
  int64_t cols = 0;
  int64_t row_stride = 0;
  int64_t col_stride = 0;
};

inline Bf16Operand RowMajor(const uint16_t* data, int64_t rows, int64_t cols) { return {data, rows, cols, cols, 1}; }

inline Bf16Operand Transposed(const Bf16Operand& m) { return {m.data, m.cols, m.rows, m.col_stride, m.row_stride}; }

/// y [M, N] = a [M, K] b [K, N] + bias [N], which may be empty, and what `epilogue` says; sums in float32. Only on
/// processors that multiply bfloat16: elsewhere the library is a hundred times slower. By all threads, on whose number
/// the last bits may depend.
void MultiplyBf16(const Bf16Operand& a, const Bf16Operand& b, std::span<const float> bias, Epilogue epilogue,
                  tensor::MatrixView y);

}  // namespace agront::ops
