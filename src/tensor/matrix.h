// SPDX-License-Identifier: Apache-2.0
// Row-major float matrices: the activations. Weights have a layout of their own (ops/matmul).
//
// A matrix has a true shape, rows x cols, and room for more rows than it shows: matrix products come in a few sizes
// only (ops/matmul), so they read and write up to `stored_rows`. What stands in the extra rows has no meaning.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <span>

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

/// On a cache line, or on a huge page if large. Throws std::bad_alloc.
void* AllocateAligned(size_t bytes);
void FreeAligned(void* memory);

using MatrixView = BasicMatrixView<float>;
using ConstMatrixView = BasicMatrixView<const float>;

/// Memory of numbers on a cache line; not initialised. Large ones ask for huge pages: kernels that walk through many
/// rows at once would otherwise wait for the address translation.
template <class T>
class AlignedBuffer {
 public:
  AlignedBuffer() = default;
  explicit AlignedBuffer(size_t count) : data_(static_cast<T*>(AllocateAligned(count * sizeof(T)))), count_(count) {}
  T* data() const { return data_.get(); }
  size_t size() const { return count_; }

 private:
  struct Free {
    void operator()(T* data) const { FreeAligned(data); }
  };
  std::unique_ptr<T, Free> data_;
  size_t count_ = 0;
};

/// Rows that own their memory and can be used again for another number of rows.
class Matrix {
 public:
  Matrix() = default;
  Matrix(int64_t rows, int64_t cols, int64_t stored_rows) { Resize(rows, cols, stored_rows); }
  Matrix(int64_t rows, int64_t cols) : Matrix(rows, cols, rows) {}

  /// Gives the matrix a shape. Memory is only taken when it grows, and then starts as zeros; else the old values
  /// stay, in no meaningful order.
  void Resize(int64_t rows, int64_t cols, int64_t stored_rows) {
    rows_ = rows;
    cols_ = cols;
    stored_rows_ = std::max(rows, stored_rows);
    const auto needed = static_cast<size_t>(stored_rows_ * cols_);
    if (needed <= buffer_.size()) return;
    buffer_ = AlignedBuffer<float>(needed);
    std::fill_n(buffer_.data(), needed, 0.0f);
  }

  int64_t rows() const { return rows_; }
  int64_t cols() const { return cols_; }
  MatrixView view() { return {buffer_.data(), rows_, cols_, stored_rows_}; }
  ConstMatrixView view() const { return {buffer_.data(), rows_, cols_, stored_rows_}; }
  std::span<const float> row(int64_t i) const { return view().row(i); }

 private:
  AlignedBuffer<float> buffer_;
  int64_t rows_ = 0;
  int64_t cols_ = 0;
  int64_t stored_rows_ = 0;
};

}  // namespace agront::tensor
