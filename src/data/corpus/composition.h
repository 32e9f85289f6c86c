// SPDX-License-Identifier: Apache-2.0
// The composition of windows or sequences.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "formats/corpus/base_code.h"

namespace agront::data {

struct Composition {
  int64_t windows = 0;
  int64_t bases = 0;
  int64_t unknown = 0;
  int64_t gc = 0;
  int64_t repeats = 0;

  int64_t known() const { return bases - unknown; }

  Composition& operator+=(const Composition& other) {
    windows += other.windows;
    bases += other.bases;
    unknown += other.unknown;
    gc += other.gc;
    repeats += other.repeats;
    return *this;
  }
};

/// Counts codes as in base_code.h; leaves the windows at 0.
inline Composition CountBases(std::span<const uint8_t> codes) {
  static_assert(formats::kUnknownBase == 4 && formats::kInRepeat == 8);
  // 32-bit sums of short pieces: the compiler makes vector code of them.
  constexpr size_t kPiece = 1 << 20;
  Composition total;
  total.bases = static_cast<int64_t>(codes.size());
  while (!codes.empty()) {
    const auto piece = codes.first(std::min(kPiece, codes.size()));
    uint32_t unknown = 0;
    uint32_t gc = 0;
    uint32_t repeats = 0;
    for (const uint8_t code : piece) {
      unknown += code >> 2 & 1;
      gc += code >> 1 & 1;
      repeats += code >> 3 & 1;
    }
    total.unknown += unknown;
    total.gc += gc;
    total.repeats += repeats;
    codes = codes.subspan(piece.size());
  }
  return total;
}

}  // namespace agront::data
