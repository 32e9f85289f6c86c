// SPDX-License-Identifier: Apache-2.0
// The loss of a window's tokens, a seventh of them masked, beside a copy of as many bytes.
#include <benchmark/benchmark.h>

#include <vector>

#include "ops/cross_entropy/cross_entropy.h"
#include "ops/testing/op_bench.h"
#include "ops/testing/op_test.h"

namespace agront::ops {
namespace {

constexpr int64_t kRows = kBenchTokens / 7;

struct Operands {
  tensor::Matrix logits = MatrixOf(RandomValues(kRows * kBenchVocabulary, 1), kRows);
  std::vector<int32_t> targets = std::vector<int32_t>(kRows, 7), predicted = std::vector<int32_t>(kRows);
  std::vector<float> weights = std::vector<float>(kRows, 1), losses = std::vector<float>(kRows);
  int64_t bytes = kRows * kBenchVocabulary * static_cast<int64_t>(sizeof(float));
};

void Forward(benchmark::State& state) {
  Operands o;
  MeasureBesideCopy(state, o.bytes, [&] {
    CrossEntropyForward(o.logits.view(), {o.targets, o.weights}, {o.losses, o.predicted});
  });
}

/// The logits become their gradient, and in the next turn they are logits again.
void ForwardBackward(benchmark::State& state) {
  Operands o;
  MeasureBesideCopy(state, 2 * o.bytes, [&] {
    CrossEntropyForwardBackward(o.logits.view(), {o.targets, o.weights}, {o.losses, o.predicted});
  });
}

BENCHMARK(Forward)->UseManualTime()->Unit(benchmark::kMicrosecond);
BENCHMARK(ForwardBackward)->UseManualTime()->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace agront::ops
