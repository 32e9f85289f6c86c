// SPDX-License-Identifier: Apache-2.0
// y = x W^T + b, with what often follows it done in the same pass.
//
//   x [rows, in]    activations
//   W [out, in]     weights, packed once into the layout that the processor's matrix kernel asks for
//   b [out]         bias
//   y [rows, out]
//
// Products are made for a few row counts only (PaddedRows), because the library compiles a kernel for each: x and y
// must have room for PaddedRows(rows) rows; the extra rows of y are overwritten with values without meaning.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "agront/precision.h"
#include "ops/matmul/product_input.h"
#include "tensor/matrix.h"

namespace agront::ops {

/// A weight matrix [out, in] as it comes from a checkpoint: any strides, in elements.
struct WeightView {
  const float* data = nullptr;
  int64_t out = 0;
  int64_t in = 0;
  int64_t out_stride = 0;
  int64_t in_stride = 0;
  std::shared_ptr<const void> owner;  ///< keeps `data` alive
};

/// What follows the product and its bias.
enum class Epilogue {
  kNone,  ///< y  = x W^T + b
  kGelu,  ///< y  = gelu(x W^T + b), gelu(v) = v (1 + erf(v / sqrt 2)) / 2
  kAdd,   ///< y += x W^T + b, the residual connection
};

/// The number of rows, at least `rows`, that a product of `rows` rows reads and writes.
int64_t PaddedRows(int64_t rows);

/// Weights ready for products. Packing copies them and lets go of `owner`; where the kernel takes plain matrices
/// (AVX2), the view itself is used and kept alive. bfloat16 weights are always a copy, of half the size; where the
/// processor has no products of them, each product first widens them into memory that all share.
/// Thread safety: none; one product at a time (each uses all threads).
class PackedWeights {
 public:
  PackedWeights();
  /// `bias` has `out` values and is copied.
  PackedWeights(WeightView weights, std::span<const float> bias, Precision precision);
  ~PackedWeights();
  PackedWeights(PackedWeights&&) noexcept;
  PackedWeights& operator=(PackedWeights&&) noexcept;

  int64_t in() const;
  int64_t out() const;

  /// What Multiply takes.
  InputFormat input_format() const;

  /// x [rows, in] and y [rows, out] must not overlap. Throws Error when shapes, stored rows or format do not fit.
  void Multiply(const ProductInput& x, Epilogue epilogue, tensor::MatrixView y) const;

  /// The name of the library's kernel for a product of `rows` rows, such as "brg:avx512_core".
  std::string KernelName(int64_t rows) const;

 private:
  struct Plan;
  std::unique_ptr<Plan> plan_;
};

}  // namespace agront::ops
