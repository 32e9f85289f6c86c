// SPDX-License-Identifier: Apache-2.0
// bfloat16 in vectors of AVX-512, with intrinsics: Highway 1.0 knows neither its dot products nor tiles. A function can
// become part of one whose target has all that its own has.
#pragma once

#include <cstddef>
#include <cstdint>

#include "device/cpu/intrinsics.h"

/// For functions that run only with device::cpu::kBf16Products.
#define AGRONT_WITH_BF16_DOTS __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16")))
/// Only with device::cpu::kTiles.
#define AGRONT_WITH_BF16_TILES \
  __attribute__((target("amx-tile,amx-bf16,avx512f,avx512bw,avx512dq,avx512vl,avx512bf16")))

namespace agront::ops {

inline constexpr size_t kLanes = 16;

inline __mmask16 FirstLanes(size_t count) {
  return static_cast<__mmask16>(count >= kLanes ? 0xffffu : (1u << count) - 1);
}

AGRONT_WITH_BF16_DOTS inline void StoreRounded(__m512 values, uint16_t* to) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(values)));
}

AGRONT_WITH_BF16_DOTS inline __m512i LaneNumbers() {
  return _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
}

/// In each lane the two numbers rounded, `even` in the lower half.
AGRONT_WITH_BF16_DOTS inline __m512i InPairs(__m512 even, __m512 odd) {
  const auto rounded = reinterpret_cast<__m512i>(_mm512_cvtne2ps_pbh(odd, even));
  // `rounded` has 16 even and then 16 odd elements.
  const __m512i upper = _mm512_add_epi32(_mm512_slli_epi32(LaneNumbers(), 16), _mm512_set1_epi32(kLanes << 16));
  return _mm512_permutexvar_epi16(_mm512_or_si512(LaneNumbers(), upper), rounded);
}

/// 2^x to 7.5e-5 of itself, of which bfloat16 keeps 2e-3: on [0, 1) the polynomial of the third degree with the least
/// relative error. A NaN stays one.
AGRONT_WITH_BF16_DOTS inline __m512 Exp2(__m512 x) {
  const __m512 part = _mm512_reduce_ps(x, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC);  // x - floor(x)
  __m512 power = _mm512_fmadd_ps(_mm512_set1_ps(0.078024552f), part, _mm512_set1_ps(0.226067185f));
  power = _mm512_fmadd_ps(power, part, _mm512_set1_ps(0.695833491f));
  power = _mm512_fmadd_ps(power, part, _mm512_set1_ps(0.999925228f));
  return _mm512_scalef_ps(power, x);  // times 2^floor(x)
}

}  // namespace agront::ops
