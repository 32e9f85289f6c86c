// SPDX-License-Identifier: Apache-2.0
#include "ops/matmul/tiles/dot_sums_256.h"

#include <immintrin.h>

#include <cstring>

#include "device/cpu/instruction_set.h"

// The instruction itself is written in assembly: its two encodings are two features for the compiler, and so would be
// two copies of the loop.
#define AGRONT_WITH_AVX2 __attribute__((target("avx2")))

namespace agront::ops {
namespace {

constexpr size_t kBytes = sizeof(__m256i);
constexpr size_t kVectors = kTilePanelColumns * sizeof(int32_t) / kBytes;  // of a row of sums
constexpr size_t kGroups = kTileRowBytes / kTileGroupBytes;                // of a line

/// sums + four products of unsigned x and signed weights, for each lane.
template <bool kIsAvxVnni>
AGRONT_WITH_AVX2 inline __m256i AddDots(__m256i sums, __m256i x, __m256i weights) {
  if constexpr (kIsAvxVnni)
    asm("%{vex%} vpdpbusd %2, %1, %0" : "+x"(sums) : "x"(x), "x"(weights));
  else
    asm("%{evex%} vpdpbusd %2, %1, %0" : "+x"(sums) : "x"(x), "x"(weights));
  return sums;
}

template <bool kIsAvxVnni>
AGRONT_WITH_AVX2 void SumDots(const DotBlock& block, int32_t* to) {
  __m256i sums[kDot256BlockRows][kVectors];
#pragma GCC unroll 3  // else the sums live in memory
  for (auto& row : sums)
#pragma GCC unroll 4
    for (auto& sum : row) sum = _mm256_setzero_si256();
  for (size_t group = 0; group < block.groups; ++group) {
    const std::byte* panel = block.panels + group / kGroups * kTileStepBytes + group % kGroups * kTileRowBytes;
    // Three registers of x and one of weights beside the sums: half the loads of weights in each multiplication.
    __m256i x[kDot256BlockRows];
#pragma GCC unroll 3
    for (size_t r = 0; r < kDot256BlockRows; ++r) {
      int32_t neighbours;
      std::memcpy(&neighbours, block.x[r] + group * kTileGroupBytes, sizeof(neighbours));
      x[r] = _mm256_set1_epi32(neighbours);
    }
#pragma GCC unroll 4
    for (size_t v = 0; v < kVectors; ++v) {
      const __m256i weights =
          _mm256_load_si256(reinterpret_cast<const __m256i*>(panel + v / 2 * kTileBytes + v % 2 * kBytes));
#pragma GCC unroll 3
      for (size_t r = 0; r < kDot256BlockRows; ++r) sums[r][v] = AddDots<kIsAvxVnni>(sums[r][v], x[r], weights);
    }
  }
#pragma GCC unroll 3
  for (size_t r = 0; r < kDot256BlockRows; ++r)
#pragma GCC unroll 4
    for (size_t v = 0; v < kVectors; ++v)
      _mm256_store_si256(reinterpret_cast<__m256i*>(to + r * kTilePanelColumns) + v, sums[r][v]);
}

}  // namespace

void SumInt8Dots256(const DotBlock& block, int32_t* sums) {
  static const bool is_avx_vnni = device::cpu::HasAvxVnni();
  return is_avx_vnni ? SumDots<true>(block, sums) : SumDots<false>(block, sums);
}

}  // namespace agront::ops
