// SPDX-License-Identifier: Apache-2.0
// With intrinsics: Highway 1.0 does not know tiles.
#include "ops/matmul/tiles/tile_sums.h"

#include <immintrin.h>

#include <type_traits>

namespace agront::ops {
namespace {

/// Two by two tiles of sums: four loads for four products, as few as eight tiles allow.
template <class Sum>
AGRONT_WITH_TILES void SumTiles(const TileBlock& block, Sum* sums) {
  constexpr bool kIsInt8 = std::is_same_v<Sum, int32_t>;
  const std::byte* x = block.x;
  const std::byte* panel = block.panel;
  const bool has_lower = block.rows > kTileRows;
  const size_t to_lower = kTileRows * block.stride;
  _tile_zero(0);
  _tile_zero(1);
  _tile_zero(2);
  _tile_zero(3);
  for (size_t step = 0; step < block.steps; ++step, x += kTileRowBytes, panel += kTileStepBytes) {
    _tile_loadd(4, x, block.stride);
    _tile_loadd(6, panel, kTileRowBytes);
    _tile_loadd(7, panel + kTileBytes, kTileRowBytes);
    if constexpr (kIsInt8) {
      _tile_dpbusd(0, 4, 6);
      _tile_dpbusd(1, 4, 7);
    } else {
      _tile_dpbf16ps(0, 4, 6);
      _tile_dpbf16ps(1, 4, 7);
    }
    if (!has_lower) continue;
    _tile_loadd(5, x + to_lower, block.stride);
    if constexpr (kIsInt8) {
      _tile_dpbusd(2, 5, 6);
      _tile_dpbusd(3, 5, 7);
    } else {
      _tile_dpbf16ps(2, 5, 6);
      _tile_dpbf16ps(3, 5, 7);
    }
  }
  constexpr size_t kColumnsOfTile = kTilePanelColumns / 2, kStride = kTilePanelColumns * sizeof(Sum);
  _tile_stored(0, sums, kStride);
  _tile_stored(1, sums + kColumnsOfTile, kStride);
  if (!has_lower) return;
  Sum* lower = sums + kTileRows * kTilePanelColumns;
  _tile_stored(2, lower, kStride);
  _tile_stored(3, lower + kColumnsOfTile, kStride);
}

}  // namespace

AGRONT_WITH_TILES void SumBf16Tiles(const TileBlock& block, float* sums) { SumTiles(block, sums); }

AGRONT_WITH_TILES void SumInt8Tiles(const TileBlock& block, int32_t* sums) { SumTiles(block, sums); }

}  // namespace agront::ops
