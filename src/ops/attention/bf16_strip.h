// SPDX-License-Identifier: Apache-2.0
// The product of a strip of 32 rows with packed columns, in bfloat16, by AMX's tiles: what both products of attention
// are made of.
//
// The left side is row by row, its depth filled up to whole tiles. The right side is tiles of 32 x 16, each as the
// instructions want it: 16 pairs of depths, in a pair the 16 columns, of a column the two depths next to each other.
#pragma once

#include <cstddef>
#include <cstdint>

namespace agront::ops {

inline constexpr size_t kStripRows = 32;
inline constexpr size_t kTileDepth = 32;
inline constexpr size_t kTileColumns = 16;
inline constexpr size_t kTileSize = kTileDepth * kTileColumns;

struct StripProduct {
  const uint16_t* left;   ///< [32, kTileDepth * depth_tiles]
  size_t left_stride;     ///< in elements
  const uint16_t* right;  ///< tiles [column_tiles][depth_tiles]
  size_t depth_tiles;
  size_t column_tiles;
  float* result;  ///< [32, kTileColumns * column_tiles]
  size_t result_stride;
};

/// Between ConfigureTiles and ReleaseTiles on this thread.
void MultiplyStrip(const StripProduct& product);

void ConfigureTiles();
void ReleaseTiles();

}  // namespace agront::ops
