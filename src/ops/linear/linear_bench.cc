// SPDX-License-Identifier: Apache-2.0
// The three products of a linear layer beside the product with weights that are packed already: what packing in every
// call costs, and the other order of the strides. Rates are operations a second.
#include <benchmark/benchmark.h>

#include "ops/linear/linear.h"
#include "ops/matmul/panels/panel_product.h"
#include "ops/testing/op_test.h"

namespace agront::ops {
namespace {

struct Operands {
  explicit Operands(const benchmark::State& state)
      : rows(state.range(0)),
        in(state.range(1)),
        out(state.range(2)),
        x(MatrixOf(RandomValues(rows * in, 1), rows)),
        weights(MatrixOf(RandomValues(out * in, 2), out)),
        y(MatrixOf(RandomValues(rows * out, 3), rows)),
        bias(RandomValues(out, 4)) {}

  void Count(benchmark::State& state) const {
    state.counters["flops"] =
        benchmark::Counter(2.0 * static_cast<double>(rows * in * out), benchmark::Counter::kIsIterationInvariantRate);
  }

  int64_t rows, in, out;
  tensor::Matrix x, weights, y;
  std::vector<float> bias;
  LinearScratch scratch;
};

void PackedBefore(benchmark::State& state) {
  Operands o(state);
  const std::span<float> panels = o.scratch.Panels(PanelWeightCount(o.out, o.in));
  PackPanels({o.weights.view().data, o.out, o.in, o.in, 1}, panels);
  for (auto _ : state)
    MultiplyPanels(o.x.view(), {panels.data(), false, o.out, o.in, o.bias}, Epilogue::kNone, o.y.view());
  o.Count(state);
}

void Forward(benchmark::State& state) {
  Operands o(state);
  for (auto _ : state) LinearForward(o.x.view(), o.weights.view(), o.bias, Epilogue::kNone, o.scratch, o.y.view());
  o.Count(state);
}

void BackwardInput(benchmark::State& state) {
  Operands o(state);
  for (auto _ : state) LinearBackwardInput(o.y.view(), o.weights.view(), Accumulate::kReplace, o.scratch, o.x.view());
  o.Count(state);
}

void BackwardWeights(benchmark::State& state) {
  Operands o(state);
  for (auto _ : state) LinearBackwardWeights(o.x.view(), o.y.view(), o.scratch, o.weights.view());
  o.Count(state);
}

void Shapes(benchmark::internal::Benchmark* bench) {
  for (const auto& [in, out] : {std::pair{1500, 1500}, {1500, 5120}, {5120, 1500}}) bench->Args({1024, in, out});
  bench->ArgNames({"rows", "in", "out"})->UseRealTime()->Unit(benchmark::kMillisecond)->MinTime(1.0);
}

BENCHMARK(PackedBefore)->Apply(Shapes);
BENCHMARK(Forward)->Apply(Shapes);
BENCHMARK(BackwardInput)->Apply(Shapes);
BENCHMARK(BackwardWeights)->Apply(Shapes);

}  // namespace
}  // namespace agront::ops
