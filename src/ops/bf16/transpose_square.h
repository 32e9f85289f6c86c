// SPDX-License-Identifier: Apache-2.0
// A square of float32 turned over in registers. With intrinsics, as bf16_vectors.h.
#pragma once

#include <cstddef>

#include "ops/bf16/bf16_vectors.h"

namespace agront::ops {

/// square[i] lane j becomes square[j] lane i: in pairs of numbers, then of pairs, then the quarters of the vectors.
AGRONT_WITH_BF16_DOTS inline void TransposeSquare(__m512 (&square)[kLanes]) {
  constexpr size_t kQuarter = 4;
  // Quarter q of fours[4 g + c] has column 4 q + c of rows [4 g, 4 g + 4).
  __m512 fours[kLanes];
#pragma GCC unroll 4
  for (size_t g = 0; g < kLanes; g += kQuarter) {
    const __m512d low = _mm512_castps_pd(_mm512_unpacklo_ps(square[g], square[g + 1]));
    const __m512d high = _mm512_castps_pd(_mm512_unpackhi_ps(square[g], square[g + 1]));
    const __m512d next_low = _mm512_castps_pd(_mm512_unpacklo_ps(square[g + 2], square[g + 3]));
    const __m512d next_high = _mm512_castps_pd(_mm512_unpackhi_ps(square[g + 2], square[g + 3]));
    fours[g] = _mm512_castpd_ps(_mm512_unpacklo_pd(low, next_low));
    fours[g + 1] = _mm512_castpd_ps(_mm512_unpackhi_pd(low, next_low));
    fours[g + 2] = _mm512_castpd_ps(_mm512_unpacklo_pd(high, next_high));
    fours[g + 3] = _mm512_castpd_ps(_mm512_unpackhi_pd(high, next_high));
  }
  constexpr int kFirstAndThird = 0x88, kSecondAndFourth = 0xdd;
#pragma GCC unroll 4
  for (size_t c = 0; c < kQuarter; ++c) {
    const __m512 even = _mm512_shuffle_f32x4(fours[c], fours[c + 4], kFirstAndThird);
    const __m512 odd = _mm512_shuffle_f32x4(fours[c], fours[c + 4], kSecondAndFourth);
    const __m512 next_even = _mm512_shuffle_f32x4(fours[c + 8], fours[c + 12], kFirstAndThird);
    const __m512 next_odd = _mm512_shuffle_f32x4(fours[c + 8], fours[c + 12], kSecondAndFourth);
    square[c] = _mm512_shuffle_f32x4(even, next_even, kFirstAndThird);
    square[c + 4] = _mm512_shuffle_f32x4(odd, next_odd, kFirstAndThird);
    square[c + 8] = _mm512_shuffle_f32x4(even, next_even, kSecondAndFourth);
    square[c + 12] = _mm512_shuffle_f32x4(odd, next_odd, kSecondAndFourth);
  }
}

}  // namespace agront::ops
