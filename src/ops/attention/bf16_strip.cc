// SPDX-License-Identifier: Apache-2.0
// With intrinsics: Highway 1.0 does not know tiles.
#include "ops/attention/bf16_strip.h"

#include <immintrin.h>

#define AGRONT_WITH_TILES __attribute__((target("amx-tile,amx-bf16")))

namespace agront::ops {
namespace {

/// The operand of LDTILECFG (Intel's manual, volume 1, chapter 18): all eight tiles have 16 rows of 64 bytes.
struct alignas(64) TileConfiguration {
  uint8_t palette = 1;
  uint8_t start_row = 0;
  uint8_t reserved[14] = {};
  uint16_t row_bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
  uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
};

}  // namespace

// Two by two tiles of the result at a time: four loads for four products.
AGRONT_WITH_TILES void MultiplyStrip(const StripProduct& p) {
  const size_t left_bytes = p.left_stride * sizeof(uint16_t), result_bytes = p.result_stride * sizeof(float);
  const size_t column_size = p.depth_tiles * kTileSize;
  const uint16_t* lower = p.left + 16 * p.left_stride;
  constexpr size_t kRightBytes = 64;
  for (size_t c = 0; c < p.column_tiles; c += 2) {
    const bool has_second = c + 1 < p.column_tiles;
    const uint16_t* right = p.right + c * column_size;
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
    for (size_t k = 0; k < p.depth_tiles; ++k) {
      _tile_loadd(4, p.left + k * kTileDepth, left_bytes);
      _tile_loadd(5, lower + k * kTileDepth, left_bytes);
      _tile_loadd(6, right + k * kTileSize, kRightBytes);
      _tile_dpbf16ps(0, 4, 6);
      _tile_dpbf16ps(1, 5, 6);
      if (!has_second) continue;
      _tile_loadd(7, right + column_size + k * kTileSize, kRightBytes);
      _tile_dpbf16ps(2, 4, 7);
      _tile_dpbf16ps(3, 5, 7);
    }
    float* result = p.result + c * kTileColumns;
    float* lower_result = result + 16 * p.result_stride;
    _tile_stored(0, result, result_bytes);
    _tile_stored(1, lower_result, result_bytes);
    if (!has_second) continue;
    _tile_stored(2, result + kTileColumns, result_bytes);
    _tile_stored(3, lower_result + kTileColumns, result_bytes);
  }
}

AGRONT_WITH_TILES void ConfigureTiles() {
  static const TileConfiguration configuration;
  _tile_loadconfig(&configuration);
}

AGRONT_WITH_TILES void ReleaseTiles() { _tile_release(); }

}  // namespace agront::ops
