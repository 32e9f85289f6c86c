// SPDX-License-Identifier: Apache-2.0
// Our own product: for inference on processors with AVX2 only, where oneDNN packs the weights in each call and
// reaches three quarters of the multiply-add peak against more than nine tenths, and for training on all (ops/linear).
//
// The weights W [out, in] are stored once as the kernel reads them: the inputs in blocks, in a block the outputs in
// panels of 16 (the last one filled up with zeros), in a panel the inputs one after another:
//
//   [block of inputs][panel of outputs][input][16]
//
// So all of a product's weights are one stream through memory. (BLIS, Van Zee and van de Geijn 2015, has this shape.)
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "ops/matmul/epilogue.h"
#include "ops/matmul/weight_views.h"
#include "tensor/matrix.h"

namespace agront::ops {

/// Inputs of a block: 16 columns of them are 24 KB, three quarters of the first-level cache. Longer blocks lose to
/// misses, shorter ones to the sums' way to memory and back.
inline constexpr int64_t kMostBlockInputs = 384;

/// The outputs of a panel: 16 with AVX2, 32 with AVX-512.
int64_t PanelWidth();

/// The number of weights in the panels of a matrix [out, in], with their padding.
size_t PanelWeightCount(int64_t out, int64_t in);

/// By all threads. `panels` has PanelWeightCount values.
void PackPanels(const WeightView& weights, std::span<float> panels);
enum class Orientation { kAsIs, kTransposed };
/// The weights or their transpose, widened on the way: to the values that Widened gives.
void PackPanels(const RowMajorWeights& weights, Orientation orientation, std::span<float> panels);
/// The same, rounded to bfloat16.
void PackPanels(const WeightView& weights, std::span<uint16_t> panels);
void PackPanels(const Bf16WeightView& weights, std::span<uint16_t> panels);

/// The way back, to [out, in], row by row.
void UnpackPanels(std::span<const float> panels, int64_t out, int64_t in, std::span<float> weights);
void UnpackPanels(std::span<const uint16_t> panels, int64_t out, int64_t in, std::span<float> weights);

struct PanelWeights {
  const void* panels;  ///< float32, or bfloat16, which is widened a block at a time
  bool is_bf16;
  int64_t out;
  int64_t in;
  std::span<const float> bias;  ///< [out], or empty for none
};

/// The left side of a product, float32 [rows, in], any strides, in elements.
struct ProductRows {
  const float* data = nullptr;
  int64_t rows = 0;
  int64_t in = 0;
  int64_t row_stride = 0;
  int64_t in_stride = 0;
};

/// y = x W^T + b and what `epilogue` says, by all threads. What a row becomes depends on that row alone: not on the
/// other rows, nor on the number of threads.
void MultiplyPanels(const ProductRows& x, const PanelWeights& weights, Epilogue epilogue, tensor::MatrixView y);
void MultiplyPanels(tensor::ConstMatrixView x, const PanelWeights& weights, Epilogue epilogue, tensor::MatrixView y);

}  // namespace agront::ops
