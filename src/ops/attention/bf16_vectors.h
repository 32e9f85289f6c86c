// SPDX-License-Identifier: Apache-2.0
// What the vector unit does beside the tiles, with intrinsics: Highway 1.0 does not know tiles, and only functions of
// one target can become one.
#pragma once

#include <cstddef>
#include <cstdint>

// GCC 12 warns of its own header (bug 105593).
#pragma GCC diagnostic push
#ifndef __clang__
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <immintrin.h>
#pragma GCC diagnostic pop

/// For functions that run only with device::cpu::kTiles; those with the same target can become one.
#define AGRONT_WITH_BF16_TILES \
  __attribute__((target("amx-tile,amx-bf16,avx512f,avx512bw,avx512dq,avx512vl,avx512bf16")))

namespace agront::ops {

inline constexpr size_t kLanes = 16;

inline __mmask16 FirstLanes(size_t count) {
  return static_cast<__mmask16>(count >= kLanes ? 0xffffu : (1u << count) - 1);
}

AGRONT_WITH_BF16_TILES inline void StoreRounded(__m512 values, uint16_t* to) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(values)));
}

}  // namespace agront::ops
