// SPDX-License-Identifier: Apache-2.0
#include "ops/attention/head_tiles.h"

#include <algorithm>

#include "ops/attention/bf16_strip.h"

namespace agront::ops {
namespace {

constexpr size_t kRowsAhead = 16;

}  // namespace

AGRONT_WITH_BF16_TILES void RoundRow(const float* row, size_t count, size_t room, float factor, uint16_t* to) {
  const __m512 factors = _mm512_set1_ps(factor);
  size_t i = 0;
  for (; i + kLanes <= count; i += kLanes) StoreRounded(_mm512_mul_ps(_mm512_loadu_ps(row + i), factors), to + i);
  if (i < count) {
    StoreRounded(_mm512_mul_ps(_mm512_maskz_loadu_ps(FirstLanes(count - i), row + i), factors), to + i);
    i += kLanes;
  }
  for (; i < room; i += kLanes) StoreRounded(_mm512_setzero_ps(), to + i);
}

AGRONT_WITH_BF16_TILES void PackKeys(HeadRows keys, size_t tokens, size_t padded, size_t head_width, size_t depth_tiles,
                                     uint16_t* rows, uint16_t* tiles) {
  const size_t depth = depth_tiles * kTileDepth;
  const auto pairs_of_row = static_cast<int>(depth / 2);
  const __m512i columns = _mm512_mullo_epi32(LaneNumbers(), _mm512_set1_epi32(pairs_of_row));
  for (size_t first = 0; first < padded; first += kTileColumns) {
    PrefetchRows(keys, std::min(tokens, first + kRowsAhead), std::min(tokens, first + kRowsAhead + kTileColumns),
                 head_width);
    for (size_t i = 0; i < kTileColumns; ++i) {
      const bool here = first + i < tokens;
      RoundRow(here ? keys.row(first + i) : nullptr, here ? head_width : 0, depth, 1.0f, rows + i * depth);
    }
    for (size_t pair = 0; pair < depth / 2; ++pair, tiles += 2 * kTileColumns)
      _mm512_store_si512(tiles, _mm512_i32gather_epi32(columns, rows + 2 * pair, sizeof(uint32_t)));
  }
}

AGRONT_WITH_BF16_TILES void PackValues(HeadRows values, size_t tokens, size_t padded, size_t head_width,
                                       uint16_t* tiles) {
  for (size_t key = 0; key < padded; key += 2) {
    PrefetchRows(values, std::min(tokens, key + kRowsAhead), std::min(tokens, key + kRowsAhead + 2), head_width);
    uint16_t* to = tiles + key * kTileColumns;
    for (size_t first = 0; first < head_width; first += kLanes, to += padded * kTileColumns) {
      const __mmask16 some = FirstLanes(head_width - first);
      const auto row = [&](size_t i) { return i < tokens ? values.row(i) + first : nullptr; };
      const __m512 even = _mm512_maskz_loadu_ps(key < tokens ? some : 0, row(key));
      const __m512 odd = _mm512_maskz_loadu_ps(key + 1 < tokens ? some : 0, row(key + 1));
      _mm512_store_si512(to, InPairs(even, odd));
    }
  }
}

}  // namespace agront::ops
