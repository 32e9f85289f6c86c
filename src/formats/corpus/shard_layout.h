// SPDX-License-Identifier: Apache-2.0
// The fixed-size pieces of a shard file, as they stand in it.
#pragma once

#include <cstdint>

#include "base/little_endian.h"

namespace agront::formats {

inline constexpr uint64_t kShardMagic = 0x31304448'53524741;  ///< "AGRSHD01"
inline constexpr int64_t kMostWindowBases = 65'535;           ///< runs are uint16

struct IndexEntry {
  uint64_t offset;        ///< of the record in the file
  uint64_t start;         ///< of the window in its sequence, 0-based
  uint32_t sequence;      ///< number of the sequence
  uint32_t crc;           ///< of the record
  uint16_t unknown_runs;  ///< runs of unknown bases in the record
  uint16_t repeat_runs;   ///< runs of repeats behind them
  uint16_t fold;
  uint8_t part;  ///< 0 training, 1 validation
  uint8_t reserved;
};
static_assert(sizeof(IndexEntry) == 32);

struct Run {
  uint16_t start;
  uint16_t length;
};

struct Footer {
  uint64_t index_offset;
  uint64_t num_windows;
  uint64_t names_bytes;
  uint32_t num_sequences;
  uint32_t window_bases;
  uint32_t index_crc;   ///< of the index and the names
  uint32_t footer_crc;  ///< of the fields before it
  uint64_t magic;
};
static_assert(sizeof(Footer) == 48);

/// Bytes of a window's bases.
constexpr uint64_t PackedBytes(uint64_t window_bases) { return (window_bases + 3) / 4; }

}  // namespace agront::formats
