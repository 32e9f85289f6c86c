// SPDX-License-Identifier: Apache-2.0
// Quantizing activations and weights beside a copy of as many bytes.
#include <benchmark/benchmark.h>

#include <vector>

#include "base/parallel.h"
#include "ops/int8/int8.h"
#include "ops/testing/op_bench.h"
#include "ops/testing/op_test.h"

namespace agront::ops {
namespace {

void Rows(benchmark::State& state) {
  const tensor::Matrix x = MatrixOf(RandomValues(kBenchTokens * kBenchWideChannels, 1), kBenchTokens);
  std::vector<uint8_t> quantized(kBenchTokens * kBenchWideChannels);
  std::vector<RowQuantization> rows(kBenchTokens);
  MeasureBesideCopy(state, kBenchTokens * kBenchWideChannels * 5,
                    [&] { QuantizeRows(x.view(), kBenchWideChannels, quantized, rows); });
}

void Weights(benchmark::State& state) {
  const std::vector<float> weights = RandomValues(kBenchChannels * kBenchWideChannels, 1);
  std::vector<int8_t> quantized(weights.size());
  MeasureBesideCopy(state, kBenchChannels * kBenchWideChannels * 5, [&] {
    ParallelFor(kBenchChannels, [&](int64_t i) {
      const auto first = static_cast<size_t>(i * kBenchWideChannels), size = static_cast<size_t>(kBenchWideChannels);
      QuantizeWeights(std::span(weights).subspan(first, size), std::span(quantized).subspan(first, size));
    });
  });
}

BENCHMARK(Rows)->UseManualTime()->Unit(benchmark::kMicrosecond);
BENCHMARK(Weights)->UseManualTime()->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace agront::ops
