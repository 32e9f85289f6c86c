// SPDX-License-Identifier: Apache-2.0
// LayerNorm and its gradient beside a copy of as many bytes.
#include <benchmark/benchmark.h>

#include <vector>

#include "ops/layer_norm/layer_norm.h"
#include "ops/testing/op_bench.h"
#include "ops/testing/op_test.h"

namespace agront::ops {
namespace {

struct Operands {
  tensor::Matrix x = MatrixOf(RandomValues(kBenchTokens * kBenchChannels, 1), kBenchTokens);
  tensor::Matrix y = MatrixOf(RandomValues(kBenchTokens * kBenchChannels, 2), kBenchTokens);
  tensor::Matrix grad_x{kBenchTokens, kBenchChannels};
  std::vector<float> scale = RandomValues(kBenchChannels, 3), offset = RandomValues(kBenchChannels, 4);
  std::vector<float> grad_scale = scale, grad_offset = offset;
  int64_t bytes = kBenchTokens * kBenchChannels * static_cast<int64_t>(sizeof(float));
};

void Forward(benchmark::State& state) {
  Operands o;
  MeasureBesideCopy(state, 2 * o.bytes, [&] { LayerNormForward(o.x.view(), o.scale, o.offset, 1e-12f, o.y.view()); });
}

void Backward(benchmark::State& state) {
  Operands o;
  MeasureBesideCopy(state, 3 * o.bytes, [&] {
    LayerNormBackward(o.x.view(), o.scale, 1e-12f, o.y.view(), {o.grad_x.view(), o.grad_scale, o.grad_offset});
  });
}

BENCHMARK(Forward)->UseManualTime()->Unit(benchmark::kMicrosecond);
BENCHMARK(Backward)->UseManualTime()->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace agront::ops
