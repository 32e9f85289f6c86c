// SPDX-License-Identifier: Apache-2.0
// The product of a strip of 32 rows with packed columns, in bfloat16, by AMX's tiles: what both products of attention
// are made of. With intrinsics, as bf16_vectors.h.
//
// The left side is row by row, its depth filled up to whole tiles. The right side is tiles of 32 x 16, each as the
// instructions want it: 16 pairs of depths, in a pair the 16 columns, of a column the two depths next to each other.
#pragma once

#include <cstddef>
#include <cstdint>

#include "ops/bf16/bf16_vectors.h"

namespace agront::ops {

inline constexpr size_t kStripRows = 32;
inline constexpr size_t kTileDepth = 32;
inline constexpr size_t kTileColumns = 16;
inline constexpr size_t kTileSize = kTileDepth * kTileColumns;

struct StripProduct {
  const uint16_t* left;   ///< [32, kTileDepth * depth_tiles]
  size_t left_stride;     ///< in elements
  const uint16_t* right;  ///< tiles [column_tiles][depth_tiles]
  size_t right_stride;    ///< elements from one column of tiles to the next
  size_t depth_tiles;
  size_t column_tiles;  ///< one or two
  float* result;        ///< [32, kTileColumns * column_tiles]
  size_t result_stride;
};

/// Between ConfigureTiles and ReleaseTiles on this thread (ops/tiles). After each product of two tiles `meanwhile()` is
/// called: a little work for the vector unit, which has nothing to do with this product.
template <class Meanwhile>
AGRONT_WITH_BF16_TILES void MultiplyStrip(const StripProduct& p, Meanwhile& meanwhile) {
  const size_t left_bytes = p.left_stride * sizeof(uint16_t), result_bytes = p.result_stride * sizeof(float);
  const bool has_second = p.column_tiles > 1;
  const uint16_t* lower = p.left + 16 * p.left_stride;
  const uint16_t* second = p.right + p.right_stride;
  float* lower_result = p.result + 16 * p.result_stride;
  constexpr size_t kRightBytes = 64;
  // GCC does not know that loading a tile reads memory.
  __asm__ volatile("" ::: "memory");
  _tile_zero(0);
  _tile_zero(1);
  _tile_zero(2);
  _tile_zero(3);
  for (size_t k = 0; k < p.depth_tiles; ++k) {
    _tile_loadd(4, p.left + k * kTileDepth, left_bytes);
    _tile_loadd(6, p.right + k * kTileSize, kRightBytes);
    _tile_dpbf16ps(0, 4, 6);
    meanwhile();
    _tile_loadd(5, lower + k * kTileDepth, left_bytes);
    _tile_dpbf16ps(1, 5, 6);
    meanwhile();
    if (!has_second) continue;
    _tile_loadd(7, second + k * kTileSize, kRightBytes);
    _tile_dpbf16ps(2, 4, 7);
    meanwhile();
    _tile_dpbf16ps(3, 5, 7);
    meanwhile();
  }
  _tile_stored(0, p.result, result_bytes);
  _tile_stored(1, lower_result, result_bytes);
  if (!has_second) return;
  _tile_stored(2, p.result + kTileColumns, result_bytes);
  _tile_stored(3, lower_result + kTileColumns, result_bytes);
}

/// With nothing to do meanwhile.
AGRONT_WITH_BF16_TILES inline void MultiplyStrip(const StripProduct& p) {
  struct Nothing {
    void operator()() const {}
  } nothing;
  MultiplyStrip(p, nothing);
}

}  // namespace agront::ops
