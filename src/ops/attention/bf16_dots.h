// SPDX-License-Identifier: Apache-2.0
// The product of panels in bfloat16 by AVX-512's dot products (vdpbf16ps): what both products of attention are made of.
// As ops/panels has it for float32, with two neighbours of the depth in each lane. With intrinsics: Highway 1.0 does
// not know these instructions.
//
//   sums [rows, columns] += A [rows, depth] B [depth, columns],  columns = 32
//
// Both panels lie in memory in the order of their use: A as [depth / 2][rows], B as [depth / 2][columns], pairs of
// depths each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "ops/bf16/bf16_vectors.h"

namespace agront::ops {

inline constexpr size_t kDotColumns = 2 * kLanes;
inline constexpr size_t kMostDotRows = 12;  // 24 sums in 32 registers

/// Two bfloat16 numbers, the first one in the lower half.
using Bf16Pair = uint32_t;

template <size_t kRows>
struct DotSums {
  __m512 at[kRows][2];
};

AGRONT_WITH_BF16_DOTS inline __m512bh PairsOf(__m512i bits) { return reinterpret_cast<__m512bh>(bits); }

template <size_t kRows, size_t... kSums>
AGRONT_WITH_BF16_DOTS inline void AddDots(const Bf16Pair* a, const Bf16Pair* b, size_t pairs, DotSums<kRows>& sums,
                                          std::index_sequence<kSums...> /*all*/) {
  constexpr size_t kAhead = 32;
  __m512 at[] = {sums.at[kSums / 2][kSums % 2]...};
#pragma GCC unroll 2
  for (size_t k = 0; k < pairs; ++k, a += kRows, b += kDotColumns) {
    _mm_prefetch(a + kAhead, _MM_HINT_T0);
    const __m512bh columns[] = {PairsOf(_mm512_load_si512(b)), PairsOf(_mm512_load_si512(b + kLanes))};
    ((at[kSums] =
          _mm512_dpbf16_ps(at[kSums], PairsOf(_mm512_set1_epi32(static_cast<int>(a[kSums / 2]))), columns[kSums % 2])),
     ...);
  }
  ((sums.at[kSums / 2][kSums % 2] = at[kSums]), ...);
}

/// The sums are spelled out one by one, as constants, as in ops/panels.
template <size_t kRows>
AGRONT_WITH_BF16_DOTS inline void AddDots(const Bf16Pair* a, const Bf16Pair* b, size_t pairs, DotSums<kRows>& sums) {
  AddDots(a, b, pairs, sums, std::make_index_sequence<2 * kRows>());
}

}  // namespace agront::ops
