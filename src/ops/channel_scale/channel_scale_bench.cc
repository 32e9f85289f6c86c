// SPDX-License-Identifier: Apache-2.0
// Scales of channels, and their gradient, beside a copy of as many bytes.
#include <benchmark/benchmark.h>

#include <vector>

#include "ops/channel_scale/channel_scale.h"
#include "ops/testing/op_bench.h"
#include "ops/testing/op_test.h"

namespace agront::ops {
namespace {

struct Operands {
  tensor::Matrix x = MatrixOf(RandomValues(kBenchTokens * kBenchWideChannels, 1), kBenchTokens);
  tensor::Matrix y = MatrixOf(RandomValues(kBenchTokens * kBenchWideChannels, 2), kBenchTokens);
  std::vector<float> scales = RandomValues(kBenchWideChannels, 3);
  int64_t bytes = 2 * kBenchTokens * kBenchWideChannels * static_cast<int64_t>(sizeof(float));
};

void Forward(benchmark::State& state) {
  Operands o;
  MeasureBesideCopy(state, o.bytes, [&] { ChannelScale(o.x.view(), o.scales, Accumulate::kReplace, o.y.view()); });
}

void BackwardScales(benchmark::State& state) {
  Operands o;
  MeasureBesideCopy(state, o.bytes, [&] { ChannelScaleBackwardScales(o.x.view(), o.y.view(), o.scales); });
}

BENCHMARK(Forward)->UseManualTime()->Unit(benchmark::kMicrosecond);
BENCHMARK(BackwardScales)->UseManualTime()->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace agront::ops
