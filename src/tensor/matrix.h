// SPDX-License-Identifier: Apache-2.0
// Row-major float matrices: the activations. Weights have a layout of their own (ops/matmul).
//
// A matrix has a true shape, rows x cols, and room for more rows than it shows: matrix products come in a few sizes
// only (ops/matmul), so they read and write up to `stored_rows`. What stands in the extra rows has no meaning.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "tensor/aligned_buffer.h"

namespace agront::tensor {

/// Rows of floats that somebody else owns.
template <class T>
struct BasicMatrixView {
  T* data = nullptr;
  int64_t rows = 0;
  int64_t cols = 0;
  int64_t stored_rows = 0;

  std::span<T> row(int64_t i) const { return {data + i * cols, static_cast<size_t>(cols)}; }
  /// All true elements.
  std::span<T> values() const { return {data, static_cast<size_t>(rows * cols)}; }
  operator BasicMatrixView<const T>() const { return {data, rows, cols, stored_rows}; }
};

using MatrixView = BasicMatrixView<float>;
using ConstMatrixView = BasicMatrixView<const float>;

/// Rows that own their memory and can be used again for another number of rows.
class Matrix {
 public:
  Matrix() = default;
  Matrix(int64_t rows, int64_t cols, int64_t stored_rows) { Resize(rows, cols, stored_rows); }
  Matrix(int64_t rows, int64_t cols) : Matrix(rows, cols, rows) {}

  /// Makes room for all shapes of up to so many values, so that Resize takes no memory for them.
  void Reserve(int64_t stored_rows, int64_t cols) { buffer_.Reserve(static_cast<size_t>(stored_rows * cols)); }

  /// Gives the matrix a shape. Memory is only taken when it grows, and then starts as zeros; else the old values
  /// stay, in no meaningful order.
  void Resize(int64_t rows, int64_t cols, int64_t stored_rows) {
    rows_ = rows;
    cols_ = cols;
    stored_rows_ = std::max(rows, stored_rows);
    buffer_.Use(static_cast<size_t>(stored_rows_ * cols_));
  }

  int64_t rows() const { return rows_; }
  int64_t cols() const { return cols_; }
  MatrixView view() { return {buffer_.data(), rows_, cols_, stored_rows_}; }
  ConstMatrixView view() const { return {buffer_.data(), rows_, cols_, stored_rows_}; }
  std::span<const float> row(int64_t i) const { return view().row(i); }

 private:
  ReusedBuffer<float> buffer_;
  int64_t rows_ = 0;
  int64_t cols_ = 0;
  int64_t stored_rows_ = 0;
};

}  // namespace agront::tensor
