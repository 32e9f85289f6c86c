// SPDX-License-Identifier: Apache-2.0
// Means of the states of sequences of 250 tokens, and their gradient, beside a copy of as many bytes.
#include <benchmark/benchmark.h>

#include <vector>

#include "ops/pooling/pooling.h"
#include "ops/testing/op_bench.h"
#include "ops/testing/op_test.h"

namespace agront::ops {
namespace {

struct Operands {
  tensor::Matrix x = MatrixOf(RandomValues(4000 * kBenchChannels, 1), 4000);
  tensor::Matrix pooled{16, kBenchChannels};
  std::vector<int64_t> offsets;
  std::vector<float> weights = std::vector<float>(4000, 1.0f / 250);
  int64_t bytes = 4000 * kBenchChannels * static_cast<int64_t>(sizeof(float));

  Operands() {
    for (int64_t i = 0; i <= 16; ++i) offsets.push_back(250 * i);
  }
};

void Forward(benchmark::State& state) {
  Operands o;
  MeasureBesideCopy(state, o.bytes, [&] { PoolingForward(o.x.view(), o.offsets, o.weights, o.pooled.view()); });
}

void Backward(benchmark::State& state) {
  Operands o;
  MeasureBesideCopy(state, o.bytes, [&] { PoolingBackward(o.pooled.view(), o.offsets, o.weights, o.x.view()); });
}

void BackwardWeights(benchmark::State& state) {
  Operands o;
  MeasureBesideCopy(state, o.bytes, [&] { PoolingBackwardWeights(o.x.view(), o.pooled.view(), o.offsets, o.weights); });
}

BENCHMARK(Forward)->UseManualTime()->Unit(benchmark::kMicrosecond);
BENCHMARK(Backward)->UseManualTime()->Unit(benchmark::kMicrosecond);
BENCHMARK(BackwardWeights)->UseManualTime()->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace agront::ops
