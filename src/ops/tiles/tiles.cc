// SPDX-License-Identifier: Apache-2.0
#include "ops/tiles/tiles.h"

#include <immintrin.h>

#include <cstdint>

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

AGRONT_WITH_TILES void ConfigureTiles() {
  static const TileConfiguration configuration;
  _tile_loadconfig(&configuration);
}

AGRONT_WITH_TILES void ReleaseTiles() { _tile_release(); }

}  // namespace agront::ops
