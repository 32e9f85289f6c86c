// SPDX-License-Identifier: Apache-2.0
// One weight matrix, ready for products in one precision, by one library: oneDNN's products, or our own in panels or
// tiles.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "agront/precision.h"
#include "ops/matmul/epilogue.h"
#include "ops/matmul/product_input.h"
#include "ops/matmul/weight_views.h"
#include "tensor/matrix.h"

namespace agront::ops {

class WeightsKernel {
 public:
  virtual ~WeightsKernel() = default;
  virtual Precision precision() const = 0;
  virtual InputFormat input_format() const = 0;
  /// All shapes fit, and x and y have room for PaddedRows(y.rows) rows.
  virtual void Multiply(const ProductInput& x, Epilogue epilogue, tensor::MatrixView y) const = 0;
  /// y as lines of bfloat16 (InputFormat::kBFloat16Lines), ready for another product: what rounding Multiply's y gives.
  /// False where the kernel makes none; then nothing was done.
  virtual bool MultiplyToLines(const ProductInput& /*x*/, Epilogue /*epilogue*/, int64_t /*rows*/,
                               std::byte* /*lines*/) const {
    return false;
  }
  /// The name of the kernel for this number of rows.
  virtual std::string Name(int64_t rows) const = 0;
  /// The weights as they are kept, for a file. They live as long as the kernel.
  virtual PackedView packed() const = 0;
  /// The weights as float32 [out, in], row by row.
  virtual void Unpack(std::span<float> weights) const = 0;
};

using Bias = std::vector<float>;

// The rows of the table in kernel_families.h, which says where each may be called. Make... packs weights; those of int8
// kernels are 8-bit numbers already (Int8WeightView). Use... takes packed weights as they are: null when the layout is
// another's; throws Error when their size is not the layout's. ...Bytes counts the packed weights.

/// oneDNN's own layouts; bfloat16 in and out of bf16 products.
std::unique_ptr<WeightsKernel> MakeOneDnnFp32(StoredWeights weights, Bias bias);
std::unique_ptr<WeightsKernel> MakeOneDnnBf16(StoredWeights weights, Bias bias);
std::unique_ptr<WeightsKernel> MakeOneDnnInt8(StoredWeights weights, Bias bias);
std::unique_ptr<WeightsKernel> UseOneDnnFp32(const PackedView& packed, const Bias& bias);
std::unique_ptr<WeightsKernel> UseOneDnnBf16(const PackedView& packed, const Bias& bias);
std::unique_ptr<WeightsKernel> UseOneDnnInt8(const PackedView& packed, const Bias& bias);
size_t OneDnnBytes(int64_t out, int64_t in, Precision precision);

/// Weights in bfloat16 as they are, widened for each product: for AVX-512 without bfloat16 products, where the
/// library's own way is a hundred times slower.
std::unique_ptr<WeightsKernel> MakeWidenedBf16(StoredWeights weights, Bias bias);
std::unique_ptr<WeightsKernel> UseWidenedBf16(const PackedView& packed, const Bias& bias);
size_t WidenedBytes(int64_t out, int64_t in, Precision precision);

/// Our own panels (panel_product.h, int8_panel_product.h): faster than oneDNN with AVX2.
std::unique_ptr<WeightsKernel> MakePanelFp32(StoredWeights weights, Bias bias);
std::unique_ptr<WeightsKernel> MakePanelBf16(StoredWeights weights, Bias bias);
std::unique_ptr<WeightsKernel> MakePanelInt8(StoredWeights weights, Bias bias);
std::unique_ptr<WeightsKernel> UsePanelFp32(const PackedView& packed, const Bias& bias);
std::unique_ptr<WeightsKernel> UsePanelBf16(const PackedView& packed, const Bias& bias);
std::unique_ptr<WeightsKernel> UsePanelInt8(const PackedView& packed, const Bias& bias);
size_t PanelFloatBytes(int64_t out, int64_t in, Precision precision);
size_t PanelInt8Bytes(int64_t out, int64_t in, Precision precision);

/// One layout for AMX's tiles and for dot products (tile_product.h).
std::unique_ptr<WeightsKernel> MakeTileBf16(StoredWeights weights, Bias bias);
std::unique_ptr<WeightsKernel> MakeTileInt8(StoredWeights weights, Bias bias);
std::unique_ptr<WeightsKernel> MakeDotBf16(StoredWeights weights, Bias bias);
std::unique_ptr<WeightsKernel> MakeDotInt8(StoredWeights weights, Bias bias);
std::unique_ptr<WeightsKernel> MakeDot256Int8(StoredWeights weights, Bias bias);
std::unique_ptr<WeightsKernel> UseTileBf16(const PackedView& packed, const Bias& bias);
std::unique_ptr<WeightsKernel> UseTileInt8(const PackedView& packed, const Bias& bias);
std::unique_ptr<WeightsKernel> UseDotBf16(const PackedView& packed, const Bias& bias);
std::unique_ptr<WeightsKernel> UseDotInt8(const PackedView& packed, const Bias& bias);
std::unique_ptr<WeightsKernel> UseDot256Int8(const PackedView& packed, const Bias& bias);
size_t TileBytes(int64_t out, int64_t in, Precision precision);

/// The kernel that this processor prefers for a precision. In int8 a matrix that loses too much of itself stays in
/// bfloat16 (quantize_weights.h).
std::unique_ptr<WeightsKernel> MakeKernel(StoredWeights weights, Bias bias, Precision precision);

/// Packed weights as they are. Throws Error for a layout that this processor does not use.
std::unique_ptr<WeightsKernel> UsePacked(PackedView packed, const Bias& bias);

}  // namespace agront::ops
