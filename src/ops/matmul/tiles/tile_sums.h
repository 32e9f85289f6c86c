// SPDX-License-Identifier: Apache-2.0
// The innermost product by AMX's tiles: 32 rows times one panel of 32 outputs, over the whole depth.
//
//   sums [32, 32] = x [32, depth] panel [depth, 32]
//
// Depth is counted in steps of 64 bytes: 32 bfloat16, or 64 of 8 bits. A panel is stored as it is read: for each step
// the tiles of its two halves of 16 outputs, in a tile 16 groups of 4 bytes, in a group the 16 outputs, of an output
// the 2 or 4 inputs next to each other.
#pragma once

#include <cstddef>
#include <cstdint>

#include "ops/tiles/tiles.h"

namespace agront::ops {

inline constexpr size_t kTileBlockRows = 2 * kTileRows;
inline constexpr size_t kTilePanelColumns = 32;
inline constexpr size_t kTileStepBytes = 2 * kTileBytes;  ///< of a panel
inline constexpr size_t kTileGroupBytes = 4;

/// The arguments for one block of 32 rows, or its first 16.
struct TileBlock {
  const std::byte* x;  ///< whole lines of 64 bytes, `stride` apart
  size_t stride;
  size_t rows;  ///< of which the sums are wanted: with at most 16, the others are neither read nor written
  const std::byte* panel;
  size_t steps;
};

/// Between ConfigureTiles and ReleaseTiles. Rows of x are bfloat16; sums of products are float32.
void SumBf16Tiles(const TileBlock& block, float* sums);
/// Rows of x are unsigned, weights signed 8-bit numbers.
void SumInt8Tiles(const TileBlock& block, int32_t* sums);

}  // namespace agront::ops
