// SPDX-License-Identifier: Apache-2.0
// Rows of tokens and positions, and their gradient, beside a copy of as many bytes.
#include <benchmark/benchmark.h>

#include <vector>

#include "ops/embedding/embedding.h"
#include "ops/testing/op_bench.h"
#include "ops/testing/op_test.h"

namespace agront::ops {
namespace {

struct Operands {
  tensor::Matrix tokens = MatrixOf(RandomValues(kBenchVocabulary * kBenchChannels, 1), kBenchVocabulary);
  tensor::Matrix positions = MatrixOf(RandomValues((kBenchTokens + 2) * kBenchChannels, 2), kBenchTokens + 2);
  tensor::Matrix output{kBenchTokens, kBenchChannels};
  std::vector<int32_t> ids;
  std::vector<int64_t> offsets = {0, kBenchTokens};
  int64_t bytes = 3 * kBenchTokens * kBenchChannels * static_cast<int64_t>(sizeof(float));

  Operands() {
    for (int64_t i = 0; i < kBenchTokens; ++i) ids.push_back(static_cast<int32_t>(i * 1619 % kBenchVocabulary));
  }
};

void Forward(benchmark::State& state) {
  Operands o;
  MeasureBesideCopy(state, o.bytes, [&] {
    EmbeddingForward(o.ids, o.offsets, {o.tokens.view(), o.positions.view()}, o.output.view());
  });
}

void Backward(benchmark::State& state) {
  Operands o;
  MeasureBesideCopy(state, 5 * o.bytes / 3, [&] {
    EmbeddingBackward(o.ids, o.offsets, o.output.view(), {o.tokens.view(), o.positions.view()});
  });
}

BENCHMARK(Forward)->UseManualTime()->Unit(benchmark::kMicrosecond);
BENCHMARK(Backward)->UseManualTime()->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace agront::ops
