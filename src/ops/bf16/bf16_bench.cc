// SPDX-License-Identifier: Apache-2.0
// Conversions to and from bfloat16 beside a copy of as many bytes.
#include <benchmark/benchmark.h>

#include <vector>

#include "ops/bf16/bf16.h"
#include "ops/testing/op_bench.h"
#include "ops/testing/op_test.h"

namespace agront::ops {
namespace {

constexpr int64_t kCount = kBenchTokens * kBenchWideChannels;

void Round(benchmark::State& state) {
  const std::vector<float> values = RandomValues(kCount, 1);
  std::vector<uint16_t> rounded(kCount);
  MeasureBesideCopy(state, kCount * 6, [&] { RoundToBf16(values, rounded); });
}

void Widen(benchmark::State& state) {
  std::vector<uint16_t> rounded(kCount, 0x3F80);
  std::vector<float> values(kCount);
  MeasureBesideCopy(state, kCount * 6, [&] { WidenBf16(rounded, values); });
}

BENCHMARK(Round)->UseManualTime()->Unit(benchmark::kMicrosecond);
BENCHMARK(Widen)->UseManualTime()->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace agront::ops
