// SPDX-License-Identifier: Apache-2.0
#include "ops/attention/head_pairs.h"

#include <algorithm>

namespace agront::ops {
namespace {

constexpr size_t kSide = 4;  // of the squares that are transposed

/// Channels [first, first + 8) of a row times `factor`, as four pairs; those past `width` are zero.
AGRONT_WITH_BF16_DOTS inline __m128i FourPairs(const float* row, size_t first, size_t width, __m256 factor) {
  constexpr size_t kHalf = 2 * kSide;
  const auto some = static_cast<__mmask8>(width - first >= kHalf ? 0xffu : (1u << (width - first)) - 1);
  return reinterpret_cast<__m128i>(_mm256_cvtneps_pbh(_mm256_mul_ps(_mm256_maskz_loadu_ps(some, row + first), factor)));
}

/// to[k stride + r] = rows[r][k], `count` of the four k.
AGRONT_WITH_BF16_DOTS inline void TransposeSquare(const __m128i (&rows)[kSide], size_t count, size_t stride,
                                                  Bf16Pair* to) {
  const __m128i low = _mm_unpacklo_epi32(rows[0], rows[1]), high = _mm_unpackhi_epi32(rows[0], rows[1]);
  const __m128i low_pair = _mm_unpacklo_epi32(rows[2], rows[3]), high_pair = _mm_unpackhi_epi32(rows[2], rows[3]);
  const __m128i columns[kSide] = {_mm_unpacklo_epi64(low, low_pair), _mm_unpackhi_epi64(low, low_pair),
                                  _mm_unpacklo_epi64(high, high_pair), _mm_unpackhi_epi64(high, high_pair)};
  for (size_t k = 0; k < count; ++k) _mm_storeu_si128(reinterpret_cast<__m128i*>(to + k * stride), columns[k]);
}

/// Each row is on a page of its own: rows are asked for before they are packed.
constexpr size_t kRowsAhead = 12;

void PrefetchRows(HeadRows rows, size_t count, size_t head_width) {
  for (size_t i = 0; i < count; ++i) {
    for (size_t k = 0; k < head_width; k += kLanes) _mm_prefetch(rows.row(i) + k, _MM_HINT_T0);
    _mm_prefetch(rows.row(i) + head_width - 1, _MM_HINT_T0);
  }
}

}  // namespace

AGRONT_WITH_BF16_DOTS void TransposeFour(const Bf16Pair* from, size_t stride, size_t count, size_t to_stride,
                                         Bf16Pair* to) {
  __m128i rows[kSide];
  for (size_t r = 0; r < kSide; ++r) rows[r] = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + r * stride));
  TransposeSquare(rows, count, to_stride, to);
}

AGRONT_WITH_BF16_DOTS void PackRowPairs(HeadRows rows, size_t count, size_t head_width, float factor, size_t panel_rows,
                                        Bf16Pair* panels) {
  const __m256 factors = _mm256_set1_ps(factor);
  const size_t pairs = PairsOver(head_width);
  for (size_t first = 0; first < count; first += panel_rows, panels += panel_rows * pairs)
    for (size_t r = 0; r < panel_rows; r += kSide) {
      const size_t ahead = first + r + kRowsAhead;
      if (ahead < count) PrefetchRows(rows.from(ahead), std::min(kSide, count - ahead), head_width);
      for (size_t k = 0; k < pairs; k += kSide) {
        __m128i square[kSide];
        for (size_t i = 0; i < kSide; ++i) {
          const size_t row = first + r + i;
          square[i] = row < count ? FourPairs(rows.row(row), 2 * k, head_width, factors) : _mm_setzero_si128();
        }
        TransposeSquare(square, std::min(kSide, pairs - k), panel_rows, panels + k * panel_rows + r);
      }
    }
}

AGRONT_WITH_BF16_DOTS void PackChannelPairs(HeadRows rows, size_t count, size_t room, size_t head_width,
                                            size_t panel_rows, Bf16Pair* panels) {
  const size_t pairs = PairsOver(room);
  const __mmask16 whole = FirstLanes(panel_rows);
  for (size_t pair = 0; pair < pairs; ++pair) {
    Bf16Pair* to = panels + pair * panel_rows;
    const size_t ahead = 2 * pair + kRowsAhead;
    if (ahead < count) PrefetchRows(rows.from(ahead), std::min<size_t>(2, count - ahead), head_width);
    for (size_t first = 0; first < head_width; first += panel_rows, to += pairs * panel_rows) {
      const __mmask16 some = FirstLanes(std::min(panel_rows, head_width - first));
      const auto row = [&](size_t i) { return i < count ? rows.row(i) + first : nullptr; };
      const __m512 even = _mm512_maskz_loadu_ps(2 * pair < count ? some : 0, row(2 * pair));
      const __m512 odd = _mm512_maskz_loadu_ps(2 * pair + 1 < count ? some : 0, row(2 * pair + 1));
      _mm512_mask_storeu_epi32(to, whole, InPairs(even, odd));
    }
  }
}

}  // namespace agront::ops
