// SPDX-License-Identifier: Apache-2.0
// The matrix unit of Intel's processors (AMX): eight registers that are tiles of 16 rows of 64 bytes.
#pragma once

#include <cstddef>

/// Before a function that works with tiles, in any of their number formats.
#define AGRONT_WITH_TILES __attribute__((target("amx-tile,amx-bf16,amx-int8")))

namespace agront::ops {

inline constexpr size_t kTileRows = 16;
inline constexpr size_t kTileRowBytes = 64;
inline constexpr size_t kTileBytes = kTileRows * kTileRowBytes;

/// All eight tiles of this thread have the full size, from here to ReleaseTiles. Only with device::cpu::kTiles.
void ConfigureTiles();
void ReleaseTiles();

}  // namespace agront::ops
