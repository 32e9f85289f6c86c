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
  /// The name of the kernel for this number of rows.
  virtual std::string Name(int64_t rows) const = 0;
  /// The weights as they are kept, for a file. They live as long as the kernel.
  virtual PackedView packed() const = 0;
  /// The weights as float32 [out, in], row by row.
  virtual void Unpack(std::span<float> weights) const = 0;
};

using Bias = std::vector<float>;

std::unique_ptr<WeightsKernel> MakeOneDnnFp32(WeightView weights, Bias bias);
/// bfloat16 in and out where the processor has such products, else only the weights are bfloat16.
std::unique_ptr<WeightsKernel> MakeOneDnnBf16(StoredWeights weights, Bias bias);
std::unique_ptr<WeightsKernel> MakeOneDnnInt8(const Int8WeightView& weights, Bias bias);

/// Bytes of their packed weights. bfloat16: what this processor keeps them in.
size_t OneDnnBytes(int64_t out, int64_t in, Precision precision);

/// For AVX2 (panel_product.h, int8_panel_product.h).
std::unique_ptr<WeightsKernel> MakePanelFp32(const WeightView& weights, Bias bias);
std::unique_ptr<WeightsKernel> MakePanelBf16(const StoredWeights& weights, Bias bias);
std::unique_ptr<WeightsKernel> MakePanelInt8(const Int8WeightView& weights, Bias bias);
size_t PanelFloatBytes(int64_t out, int64_t in, Precision precision);
size_t PanelInt8Bytes(int64_t out, int64_t in);

/// For AMX's tiles, bfloat16 and int8 (tile_product.h). Only where device::cpu::HasTiles().
std::unique_ptr<WeightsKernel> MakeTileBf16(StoredWeights weights, Bias bias);
std::unique_ptr<WeightsKernel> MakeTileInt8(const Int8WeightView& weights, Bias bias);
size_t TileBytes(int64_t out, int64_t in, Precision precision);

/// Of packed weights, as they are: null when the layout is another's. Throws Error when their size is not the layout's.
std::unique_ptr<WeightsKernel> UsePanelFloats(const PackedView& packed, const Bias& bias);
std::unique_ptr<WeightsKernel> UsePanelInt8(const PackedView& packed, const Bias& bias);
std::unique_ptr<WeightsKernel> UseOneDnn(const PackedView& packed, const Bias& bias);
std::unique_ptr<WeightsKernel> UseTiles(const PackedView& packed, const Bias& bias);

/// What this processor uses for a precision. In int8 a matrix that loses too much of itself stays in bfloat16
/// (quantize_weights.h).
std::unique_ptr<WeightsKernel> MakeKernel(StoredWeights weights, Bias bias, Precision precision);

/// Packed weights as they are. Throws Error for a layout that this processor does not use.
std::unique_ptr<WeightsKernel> UsePacked(PackedView packed, const Bias& bias);

}  // namespace agront::ops
