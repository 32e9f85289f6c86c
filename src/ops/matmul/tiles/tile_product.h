// SPDX-License-Identifier: Apache-2.0
// Our own products in bfloat16 and in 8 bits, by AMX's tiles or by AVX-512's dot products: the weights are packed once
// (tile_sums.h says how), sums stay in tiles or registers over the whole depth, and bias, scales, GELU and residual
// follow while a block of sums is in the first-level cache. Packing sees bytes only, so both formats share it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "ops/int8/int8.h"
#include "ops/matmul/epilogue.h"
#include "ops/matmul/tiles/tile_task.h"
#include "tensor/matrix.h"

namespace agront::ops {

/// Lines of 64 bytes that a row of `row_bytes` takes.
size_t TileSteps(int64_t row_bytes);

/// Groups of 4 bytes that a row of `row_bytes` takes; the last line may have room for more.
size_t TileGroups(int64_t row_bytes);

/// Bytes of the panels of a matrix of `out` rows of `row_bytes`; zeros fill them up.
size_t TilePanelBytes(int64_t out, int64_t row_bytes);

/// Weights [out, in], row by row, to panels, by all threads, and back.
void PackTilePanels(const std::byte* weights, int64_t out, int64_t row_bytes, std::span<std::byte> panels);
void UnpackTilePanels(std::span<const std::byte> panels, int64_t out, int64_t row_bytes, std::byte* weights);

struct TileWeights {
  const std::byte* panels;
  int64_t out;
  int64_t row_bytes;
  std::span<const float> bias;  ///< [out]
  TileUnit unit;
};

/// y [rows, out] of rows of bfloat16, each in whole lines of 64 bytes, by all threads. What fills up a line must be
/// finite; blocks of 16 rows are read whole.
void MultiplyBf16Tiles(const std::byte* x, const TileWeights& weights, Epilogue epilogue, tensor::MatrixView y);

/// The same with y rounded to bfloat16, in `lines` of whole lines of 64 bytes, zeros behind the last output. The
/// epilogue is not kAdd.
void MultiplyBf16TilesToLines(const std::byte* x, int64_t rows, const TileWeights& weights, Epilogue epilogue,
                              std::byte* lines);

/// The same as the first of rows that were quantized (ops/int8), with the sums and scales [out] of the weights.
void MultiplyInt8Tiles(const std::byte* x, std::span<const RowQuantization> rows, const TileWeights& weights,
                       std::span<const int32_t> weight_sums, std::span<const float> weight_scales, Epilogue epilogue,
                       tensor::MatrixView y);

}  // namespace agront::ops
