// SPDX-License-Identifier: Apache-2.0
// A product of two bfloat16 matrices that are both new, as training needs it: nothing is packed before.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <variant>

#include "ops/matmul/epilogue.h"
#include "tensor/aligned_buffer.h"
#include "tensor/matrix.h"

namespace agront::ops {

/// Numbers of bfloat16, or of float32 that are rounded to it.
using Bf16Source = std::variant<const uint16_t*, const float*>;

/// One stride is 1, in elements.
struct Bf16Operand {
  Bf16Source data;
  int64_t rows = 0;
  int64_t cols = 0;
  int64_t row_stride = 0;
  int64_t col_stride = 0;
};

inline Bf16Operand RowMajor(Bf16Source data, int64_t rows, int64_t cols) { return {data, rows, cols, cols, 1}; }

inline Bf16Operand Transposed(const Bf16Operand& m) { return {m.data, m.cols, m.rows, m.col_stride, m.row_stride}; }

/// Copies of both sides, each as large as the largest so far.
struct Bf16Scratch {
  tensor::ReusedBuffer<std::byte> lines, panels;
  tensor::ReusedBuffer<float> no_bias;
};

/// One way to compute such products; kernel_families.h says which one a processor prefers.
struct Bf16Multiplier {
  void (*multiply)(const Bf16Operand& a, const Bf16Operand& b, std::span<const float> bias, Epilogue epilogue,
                   Bf16Scratch& scratch, tensor::MatrixView y);
};
extern const Bf16Multiplier kTileMultiplier;    ///< AMX's tiles, into whose layout both sides are copied
extern const Bf16Multiplier kDotMultiplier;     ///< AVX-512's dot products, from the same copies
extern const Bf16Multiplier kOneDnnMultiplier;  ///< the last bits may depend on the number of threads

/// Only on processors that multiply bfloat16, by all threads. Keeps the memory of the largest product. Thread safety:
/// none.
class Bf16Product {
 public:
  /// Bytes of memory that a product of `values` in both sides together takes beside them, at most.
  static int64_t ScratchBytes(int64_t values) { return static_cast<int64_t>(sizeof(uint16_t)) * values; }

  /// y [M, N] = a [M, K] b [K, N] + bias [N], which may be empty, and what `epilogue` says; sums in float32. Throws
  /// Error when the shapes do not fit.
  void Multiply(const Bf16Operand& a, const Bf16Operand& b, std::span<const float> bias, Epilogue epilogue,
                tensor::MatrixView y);

 private:
  Bf16Scratch scratch_;
};

}  // namespace agront::ops
