// SPDX-License-Identifier: Apache-2.0
// Attention of one window of the published shape, forward and backward. Rates are operations a second of the products,
// two of them forward and five backward.
#include <benchmark/benchmark.h>

#include "ops/attention/attention.h"
#include "ops/testing/op_test.h"

namespace agront::ops {
namespace {

constexpr int64_t kHeads = 20;
constexpr int64_t kWidth = 1500;

struct Operands {
  explicit Operands(int64_t tokens)
      : query(MatrixOf(RandomValues(tokens * kWidth, 1), tokens)),
        key(MatrixOf(RandomValues(tokens * kWidth, 2), tokens)),
        value(MatrixOf(RandomValues(tokens * kWidth, 3), tokens)),
        output(tokens, kWidth),
        log2_sums(kHeads, tokens),
        offsets({0, tokens}) {}

  AttentionInputs inputs() const { return {query.view(), key.view(), value.view(), offsets, kHeads}; }

  tensor::Matrix query, key, value, output, log2_sums;
  std::vector<int64_t> offsets;
};

benchmark::Counter Flops(int64_t tokens, double products) {
  return {products * 2.0 * static_cast<double>(tokens * tokens * kWidth),
          benchmark::Counter::kIsIterationInvariantRate};
}

void Forward(benchmark::State& state) {
  Operands o(state.range(0));
  for (auto _ : state) AttentionForward(o.inputs(), o.output.view(), o.log2_sums.view());
  state.counters["flops"] = Flops(state.range(0), 2);
}

void Backward(benchmark::State& state) {
  const int64_t tokens = state.range(0);
  Operands o(tokens);
  AttentionForward(o.inputs(), o.output.view(), o.log2_sums.view());
  tensor::Matrix grad_query(tokens, kWidth), grad_key(tokens, kWidth), grad_value(tokens, kWidth);
  for (auto _ : state)
    AttentionBackward(o.inputs(), {o.output.view(), o.log2_sums.view()}, o.query.view(),
                      {grad_query.view(), grad_key.view(), grad_value.view()});
  state.counters["flops"] = Flops(tokens, 5);
}

BENCHMARK(Forward)->Arg(1024)->UseRealTime()->Unit(benchmark::kMillisecond)->MinTime(1.0);
BENCHMARK(Backward)->Arg(1024)->UseRealTime()->Unit(benchmark::kMillisecond)->MinTime(1.0);

}  // namespace
}  // namespace agront::ops
