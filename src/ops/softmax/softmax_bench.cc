// SPDX-License-Identifier: Apache-2.0
// Probabilities of a window's tokens beside a copy of as many bytes.
#include <benchmark/benchmark.h>

#include <vector>

#include "ops/softmax/softmax.h"
#include "ops/testing/op_bench.h"
#include "ops/testing/op_test.h"

namespace agront::ops {
namespace {

void Forward(benchmark::State& state) {
  const tensor::Matrix x = MatrixOf(RandomValues(kBenchTokens * kBenchVocabulary, 1), kBenchTokens);
  tensor::Matrix y(kBenchTokens, kBenchVocabulary);
  MeasureBesideCopy(state, 2 * kBenchTokens * kBenchVocabulary * static_cast<int64_t>(sizeof(float)),
                    [&] { SoftmaxForward(x.view(), y.view()); });
}

BENCHMARK(Forward)->UseManualTime()->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace agront::ops
