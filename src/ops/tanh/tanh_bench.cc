// SPDX-License-Identifier: Apache-2.0
// tanh and its gradient beside a copy of as many bytes.
#include <benchmark/benchmark.h>

#include <vector>

#include "ops/tanh/tanh.h"
#include "ops/testing/op_bench.h"
#include "ops/testing/op_test.h"

namespace agront::ops {
namespace {

constexpr int64_t kCount = kBenchTokens * kBenchChannels;

void Forward(benchmark::State& state) {
  const std::vector<float> x = RandomValues(kCount, 1);
  std::vector<float> y(kCount);
  MeasureBesideCopy(state, 2 * kCount * static_cast<int64_t>(sizeof(float)), [&] { TanhForward(x, y); });
}

void Backward(benchmark::State& state) {
  const std::vector<float> y = RandomValues(kCount, 1, 0.5f);
  std::vector<float> gradient(kCount, 1e-3f);
  MeasureBesideCopy(state, 3 * kCount * static_cast<int64_t>(sizeof(float)), [&] { TanhBackward(y, gradient); });
}

BENCHMARK(Forward)->UseManualTime()->Unit(benchmark::kMicrosecond);
BENCHMARK(Backward)->UseManualTime()->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace agront::ops
