// SPDX-License-Identifier: Apache-2.0
// With intrinsics: Highway 1.0 does not know these instructions.
#include "ops/matmul/tiles/dot_sums.h"

#include <cstring>

#include "device/cpu/intrinsics.h"

// One loop serves both instructions: the compiler makes neither of them by itself.
#define AGRONT_WITH_DOTS __attribute__((target("avx512f,avx512bw,avx512vl,avx512bf16,avx512vnni")))

namespace agront::ops {
namespace {

constexpr size_t kVectors = kTilePanelColumns / kTileRows;   // of a panel
constexpr size_t kGroups = kTileRowBytes / kTileGroupBytes;  // of a line

struct Bf16Dots {
  using Number = float;
  using Sums = __m512;
  AGRONT_WITH_DOTS static Sums Zeros() { return _mm512_setzero_ps(); }
  AGRONT_WITH_DOTS static Sums Add(Sums sums, __m512i x, __m512i weights) {
    return _mm512_dpbf16_ps(sums, reinterpret_cast<__m512bh>(x), reinterpret_cast<__m512bh>(weights));
  }
  AGRONT_WITH_DOTS static void Store(Sums sums, float* to) { _mm512_store_ps(to, sums); }
};

struct Int8Dots {
  using Number = int32_t;
  using Sums = __m512i;
  AGRONT_WITH_DOTS static Sums Zeros() { return _mm512_setzero_si512(); }
  AGRONT_WITH_DOTS static Sums Add(Sums sums, __m512i x, __m512i weights) {
    return _mm512_dpbusd_epi32(sums, x, weights);
  }
  AGRONT_WITH_DOTS static void Store(Sums sums, int32_t* to) { _mm512_store_si512(to, sums); }
};

template <class Dots, size_t kPanels>
AGRONT_WITH_DOTS void SumDots(const DotBlock& block, typename Dots::Number* to) {
  constexpr size_t kWidth = kPanels * kVectors;
  typename Dots::Sums sums[kDotBlockRows][kWidth];
#pragma GCC unroll 6  // else the sums live in memory
  for (auto& row : sums)
#pragma GCC unroll 4
    for (auto& sum : row) sum = Dots::Zeros();
  const size_t panel_bytes = block.steps * kTileStepBytes;
  for (size_t group = 0; group < block.groups; ++group) {
    const std::byte* panel = block.panels + group / kGroups * kTileStepBytes + group % kGroups * kTileRowBytes;
    __m512i weights[kWidth];
#pragma GCC unroll 4
    for (size_t v = 0; v < kWidth; ++v)
      weights[v] = _mm512_load_si512(panel + v / kVectors * panel_bytes + v % kVectors * kTileBytes);
#pragma GCC unroll 6
    for (size_t r = 0; r < kDotBlockRows; ++r) {
      int32_t neighbours;
      std::memcpy(&neighbours, block.x[r] + group * kTileGroupBytes, sizeof(neighbours));
      const __m512i x = _mm512_set1_epi32(neighbours);
#pragma GCC unroll 4
      for (size_t v = 0; v < kWidth; ++v) sums[r][v] = Dots::Add(sums[r][v], x, weights[v]);
    }
  }
#pragma GCC unroll 6
  for (size_t r = 0; r < kDotBlockRows; ++r)
#pragma GCC unroll 4
    for (size_t v = 0; v < kWidth; ++v) Dots::Store(sums[r][v], to + r * kDotBlockColumns + v * kTileRows);
}

template <class Dots>
void SumPanels(const DotBlock& block, typename Dots::Number* sums) {
  if (block.num_panels == kDotBlockPanels) return SumDots<Dots, kDotBlockPanels>(block, sums);
  SumDots<Dots, 1>(block, sums);
}

}  // namespace

void SumBf16Dots(const DotBlock& block, float* sums) { SumPanels<Bf16Dots>(block, sums); }

void SumInt8Dots(const DotBlock& block, int32_t* sums) { SumPanels<Int8Dots>(block, sums); }

}  // namespace agront::ops
