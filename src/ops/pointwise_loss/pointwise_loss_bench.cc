// SPDX-License-Identifier: Apache-2.0
// Losses of single outputs beside a copy of as many bytes.
#include <benchmark/benchmark.h>

#include <vector>

#include "ops/pointwise_loss/pointwise_loss.h"
#include "ops/testing/op_bench.h"
#include "ops/testing/op_test.h"

namespace agront::ops {
namespace {

template <PointwiseLoss kLoss>
void ForwardBackward(benchmark::State& state) {
  constexpr int64_t kCount = 1 << 20;
  std::vector<float> outputs = RandomValues(kCount, 1), losses(kCount);
  const std::vector<float> labels(kCount, 1), weights(kCount, 1);
  MeasureBesideCopy(state, 5 * kCount * static_cast<int64_t>(sizeof(float)), [&] {
    PointwiseLossForwardBackward(kLoss, outputs, {labels, weights}, losses);
  });
}

BENCHMARK(ForwardBackward<PointwiseLoss::kBinaryCrossEntropy>)->UseManualTime()->Unit(benchmark::kMicrosecond);
BENCHMARK(ForwardBackward<PointwiseLoss::kSquaredError>)->UseManualTime()->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace agront::ops
