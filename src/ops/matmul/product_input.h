// SPDX-License-Identifier: Apache-2.0
// The left side of products, in the number format of the weights that it meets: converted once for all of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "ops/int8/int8.h"
#include "tensor/matrix.h"

namespace agront::ops {

/// "Lines": each row begins on a line of 64 bytes, zeros fill up its last one, and rows may be read by sixteens.
enum class InputFormat { kFloat32, kBFloat16, kUInt8, kBFloat16Lines, kUInt8Lines };

/// Bytes that a kernel may read after the last row of its input (int8_panel_product.h does).
inline constexpr size_t kInputSlack = 8;

/// Thread safety: none.
class ProductInput {
 public:
  /// Bytes of a converted copy of x [stored_rows, cols]; none for float32.
  static int64_t Bytes(int64_t stored_rows, int64_t cols, InputFormat format);

  /// Makes room for a converted copy of so many values, so that Set takes no memory for it.
  void Reserve(int64_t stored_rows, int64_t cols, InputFormat format);

  /// float32: x itself, which must stay as it is until the products are done. Else a converted copy of x:
  /// rounded to bfloat16, or quantized row by row (ops/int8). What its stored rows past `rows` are then may be
  /// anything. Throws Error when x has more rows than stored ones.
  void Set(tensor::ConstMatrixView x, InputFormat format);

  /// As Set, for rows that are still being made: each is converted by ConvertRow(i) once it is there. Different threads
  /// may convert different rows.
  void Begin(tensor::ConstMatrixView x, InputFormat format);
  void ConvertRow(int64_t i);

  /// Bytes of bfloat16 lines for [rows, cols].
  static size_t LineBytes(int64_t rows, int64_t cols);
  /// Lines of bfloat16 that were made elsewhere, in LineBytes of memory that stays as it is until the products are
  /// done. There are no other values than these, so Use takes no other format.
  void TakeLines(const std::byte* lines, int64_t rows, int64_t cols, int64_t stored_rows);

  /// The same x, which has not changed, in another format if need be.
  void Use(InputFormat format);

  InputFormat format() const { return format_; }
  int64_t rows() const { return x_.rows; }
  int64_t cols() const { return x_.cols; }
  int64_t stored_rows() const { return x_.stored_rows; }

  /// As given, whatever the format; without data after TakeLines.
  tensor::ConstMatrixView values() const { return x_; }

  /// The first value of a row; the others follow, and the next rows after them and what fills up their lines.
  const void* row(int64_t i) const;

  /// How each row is quantized, when the values are uint8.
  std::span<const RowQuantization> quantization() const { return {quantization_.data(), static_cast<size_t>(x_.rows)}; }

 private:
  /// Values from one row to the next.
  int64_t stride() const;

  InputFormat format_ = InputFormat::kFloat32;
  tensor::ConstMatrixView x_;
  tensor::ReusedBuffer<std::byte> converted_;
  const std::byte* lines_ = nullptr;  // made elsewhere; null: converted_
  tensor::ReusedBuffer<RowQuantization> quantization_;
};

}  // namespace agront::ops
