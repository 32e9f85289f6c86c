// SPDX-License-Identifier: Apache-2.0
// y = x W^T + b, with what often follows it done in the same pass.
//
//   x [rows, in]    activations
//   W [out, in]     weights, packed once into the layout that the processor's matrix kernel asks for
//   b [out]         bias
//   y [rows, out]
//
// Products are made for a few row counts only (PaddedRows): x and y must have room for PaddedRows(rows) rows; the
// extra rows of y may be overwritten with values without meaning.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "agront/precision.h"
#include "ops/matmul/epilogue.h"
#include "ops/matmul/padded_rows.h"
#include "ops/matmul/product_input.h"
#include "ops/matmul/weight_views.h"
#include "tensor/matrix.h"

namespace agront::ops {

class WeightsKernel;

/// Bytes of packed weights on this processor, the bias not counted. A matrix that int8 would damage is one of bfloat16.
size_t PackedBytes(int64_t out, int64_t in, Precision precision);

/// The input format of this precision on this processor whose converted copy is the largest.
InputFormat WidestInputFormat(Precision precision);

/// Weights ready for products, in the layout of the kernel that this processor runs. Packing copies them and lets go of
/// their owner; packed ones are used as they are and kept alive.
/// Thread safety: none; one product at a time (each uses all threads).
class PackedWeights {
 public:
  PackedWeights();
  /// `bias` has `out` values and is copied. Weights in another format than `precision` are rounded to it.
  PackedWeights(StoredWeights weights, std::span<const float> bias, Precision precision);
  ~PackedWeights();
  PackedWeights(PackedWeights&&) noexcept;
  PackedWeights& operator=(PackedWeights&&) noexcept;

  int64_t in() const { return in_; }
  int64_t out() const { return out_; }

  /// As asked for, but bfloat16 for a matrix that would lose too much in int8 (quantize_weights.h).
  Precision precision() const;

  /// The weights as they are kept; the view lives as long as this.
  PackedView packed() const;

  /// The input format of Multiply.
  InputFormat input_format() const;

  /// x [rows, in] and y [rows, out] must not overlap. Throws Error when shapes, stored rows or format do not fit.
  void Multiply(const ProductInput& x, Epilogue epilogue, tensor::MatrixView y) const;

  /// The same, for a y that is only the left side of another product: `x` becomes that side, in `next` (the other's
  /// input_format()). Its values are those of Multiply and ProductInput::Set. y is memory to work in, and without
  /// meaning afterwards. The epilogue is not kAdd.
  void MultiplyToInput(ProductInput& x, Epilogue epilogue, InputFormat next, tensor::MatrixView y) const;

  /// The name of the kernel for a product of `rows` rows, such as "panels16-fp32" or oneDNN's "brg:avx512_core".
  std::string KernelName(int64_t rows) const;

 private:
  void CheckShapes(const ProductInput& x, const tensor::MatrixView& y) const;

  int64_t in_ = 0;
  int64_t out_ = 0;
  std::unique_ptr<WeightsKernel> kernel_;
};

}  // namespace agront::ops
