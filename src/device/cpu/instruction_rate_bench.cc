// SPDX-License-Identifier: Apache-2.0
// How many instructions a second one core does of multiply-adds in float32, dot products of bfloat16 and dot products
// of 8 bits, all in vectors of 512 bits. Which kernels a kind of processors prefers follows from their ratios: where
// vdpbf16ps is as frequent as a multiply-add it does twice the work, where it is half as frequent it gains nothing.
#include <benchmark/benchmark.h>

#include "device/cpu/intrinsics.h"

namespace agront::device::cpu {
namespace {

#define AGRONT_WITH_DOTS __attribute__((target("avx512f,avx512bw,avx512vl,avx512bf16,avx512vnni")))

constexpr int kChains = 12;  // enough to hide the latency of two units
constexpr int kRounds = 1000;

struct MultiplyAdd {
  static constexpr double kOperations = 2 * 16;
  static bool RunsHere() { return __builtin_cpu_supports("avx512f"); }
  AGRONT_WITH_DOTS static __m512i Next(__m512i sums) {
    const __m512 factor = _mm512_set1_ps(0.999f);
    return _mm512_castps_si512(_mm512_fmadd_ps(_mm512_castsi512_ps(sums), factor, factor));
  }
};

struct DotBf16 {
  static constexpr double kOperations = 4 * 16;
  static bool RunsHere() { return __builtin_cpu_supports("avx512bf16"); }
  AGRONT_WITH_DOTS static __m512i Next(__m512i sums) {
    const __m512bh pairs = _mm512_cvtne2ps_pbh(_mm512_set1_ps(0.25f), _mm512_set1_ps(0.25f));
    return _mm512_castps_si512(_mm512_dpbf16_ps(_mm512_castsi512_ps(sums), pairs, pairs));
  }
};

struct DotInt8 {
  static constexpr double kOperations = 8 * 16;
  static bool RunsHere() { return __builtin_cpu_supports("avx512vnni"); }
  AGRONT_WITH_DOTS static __m512i Next(__m512i sums) {
    return _mm512_dpbusd_epi32(sums, _mm512_set1_epi8(3), _mm512_set1_epi8(1));
  }
};

/// The chains start from different numbers and end in one, so that the compiler can neither merge nor drop them.
template <class Instruction>
AGRONT_WITH_DOTS int RunChains(int start) {
  __m512i sums[kChains];
#pragma GCC unroll 12
  for (int i = 0; i < kChains; ++i) sums[i] = _mm512_set1_epi32(start + i);
  for (int round = 0; round < kRounds; ++round) {
#pragma GCC unroll 12
    for (__m512i& sum : sums) sum = Instruction::Next(sum);
  }
  for (int i = 1; i < kChains; ++i) sums[0] = _mm512_xor_si512(sums[0], sums[i]);
  return _mm512_reduce_add_epi32(sums[0]);
}

/// By the time that this thread ran: others on the machine do not count.
template <class Instruction>
void Rate(benchmark::State& state) {
  if (!Instruction::RunsHere()) {
    state.SkipWithError("this processor does not have it");
    return;
  }
  int start = 0;
  for ([[maybe_unused]] const auto& iteration : state)
    benchmark::DoNotOptimize(start = RunChains<Instruction>(start & 1));
  const auto instructions = static_cast<double>(state.iterations()) * kChains * kRounds;
  using benchmark::Counter;
  state.counters["instructions"] = Counter(instructions, Counter::kIsRate);
  state.counters["operations"] = Counter(instructions * Instruction::kOperations, Counter::kIsRate);
}

BENCHMARK(Rate<MultiplyAdd>)->Name("vfmadd213ps");
BENCHMARK(Rate<DotBf16>)->Name("vdpbf16ps");
BENCHMARK(Rate<DotInt8>)->Name("vpdpbusd");

}  // namespace
}  // namespace agront::device::cpu
