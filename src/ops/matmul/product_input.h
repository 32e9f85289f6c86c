// SPDX-License-Identifier: Apache-2.0
// The left side of products, in the number format of the weights that it meets: converted once for all of them.
#pragma once

#include <cstdint>

#include "tensor/matrix.h"

namespace agront::ops {

enum class InputFormat { kFloat32, kBFloat16 };

/// Thread safety: none.
class ProductInput {
 public:
  /// float32: x itself, which must stay as it is until the products are done. bfloat16: a rounded copy of x with its
  /// stored rows.
  void Set(tensor::ConstMatrixView x, InputFormat format);

  InputFormat format() const { return format_; }
  int64_t rows() const { return x_.rows; }
  int64_t cols() const { return x_.cols; }
  int64_t stored_rows() const { return x_.stored_rows; }

  /// The first of the stored values, row after row.
  const void* data() const;
  size_t element_bytes() const { return format_ == InputFormat::kFloat32 ? sizeof(float) : sizeof(uint16_t); }

 private:
  InputFormat format_ = InputFormat::kFloat32;
  tensor::ConstMatrixView x_;
  tensor::AlignedBuffer<uint16_t> rounded_;
};

}  // namespace agront::ops
