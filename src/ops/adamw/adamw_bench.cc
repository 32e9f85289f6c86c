// SPDX-License-Identifier: Apache-2.0
// An update of AdamW beside a copy of as many bytes.
#include <benchmark/benchmark.h>

#include <vector>

#include "ops/adamw/adamw.h"
#include "ops/testing/op_bench.h"
#include "ops/testing/op_test.h"

namespace agront::ops {
namespace {

void Update(benchmark::State& state) {
  constexpr int64_t kCount = kBenchWideChannels * kBenchChannels;
  std::vector<float> values = RandomValues(kCount, 1), first = RandomValues(kCount, 2), second(kCount, 0.01f);
  const std::vector<float> gradients = RandomValues(kCount, 3);
  int64_t number = 0;
  MeasureBesideCopy(state, 7 * kCount * static_cast<int64_t>(sizeof(float)), [&] {
    AdamWUpdate({values, gradients, first, second}, {}, {.number = ++number, .rate = 1e-6});
  });
}

void Norm(benchmark::State& state) {
  constexpr int64_t kCount = kBenchWideChannels * kBenchChannels;
  const std::vector<float> gradients = RandomValues(kCount, 3);
  MeasureBesideCopy(state, kCount * static_cast<int64_t>(sizeof(float)),
                    [&] { benchmark::DoNotOptimize(SumOfSquares(gradients)); });
}

BENCHMARK(Update)->UseManualTime()->Unit(benchmark::kMicrosecond);
BENCHMARK(Norm)->UseManualTime()->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace agront::ops
