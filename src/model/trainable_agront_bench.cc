// SPDX-License-Identifier: Apache-2.0
// Forward and backward of four layers of the published width on one window of 1,024 tokens, 15 % of it with a loss, and
// in turn the same products alone with weights packed already: each product of the model three times, forward and for
// both gradients.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <random>
#include <vector>

#include "model/trainable_agront.h"
#include "ops/matmul/panel_product.h"
#include "ops/op_times.h"

namespace agront::model {
namespace {

using Clock = std::chrono::steady_clock;

constexpr ModelShape kShape = {.vocabulary = 4105,
                               .hidden = 1500,
                               .heads = 20,
                               .layers = 4,
                               .ffn = 5120,
                               .positions = 1026,
                               .layer_norm_epsilon = 1e-12f};
constexpr int64_t kTokens = 1024;

LossBatch RandomBatch() {
  std::mt19937 generator(1);
  LossBatch batch;
  std::vector<int32_t> tokens(kTokens);
  for (int32_t& token : tokens) token = static_cast<int32_t>(4 + generator() % 4096);
  batch.batch.Add(tokens);
  for (int64_t row = 3; row < kTokens; row += 20)
    for (const int64_t of_three : {row, row + 5, row + 11})
      if (of_three < kTokens) batch.rows.push_back(of_three);
  for (const int64_t row : batch.rows) batch.targets.push_back(tokens[row]);
  batch.weights.assign(batch.rows.size(), 1.0f);
  return batch;
}

/// y = x W^T of a window's rows, its panels made once.
class Product {
 public:
  Product(int64_t rows, int64_t in, int64_t out) : x_(rows, in), y_(rows, out), panels_(PanelCount(out, in)) {
    std::fill_n(panels_.data(), panels_.size(), 0.01f);
    std::ranges::fill(x_.view().values(), 0.01f);
  }
  double Run() {
    ops::MultiplyPanels(x_.view(), {panels_.data(), false, y_.cols(), x_.cols(), {}}, ops::Epilogue::kNone, y_.view());
    return 2.0 * static_cast<double>(x_.rows() * x_.cols() * y_.cols());
  }

 private:
  static size_t PanelCount(int64_t out, int64_t in) { return ops::PanelWeightCount(out, in); }

  tensor::Matrix x_;
  tensor::Matrix y_;
  tensor::AlignedBuffer<float> panels_;
};

double Median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

double Flops() { return ops::Total(ops::OpKind::kProduct).flops + ops::Total(ops::OpKind::kAttention).flops; }

void ForwardBackward(benchmark::State& state) {
  TrainableAgroNT model(kShape, {.recompute = state.range(0) != 0});
  model.parameters().InitializeRandomly(1);
  const LossBatch batch = RandomBatch();
  LossOutput output;
  model.AddGradients(batch, output);
  Product square(kTokens, kShape.hidden, kShape.hidden), expand(kTokens, kShape.hidden, kShape.ffn);
  Product contract(kTokens, kShape.ffn, kShape.hidden), gradient(kShape.hidden, kTokens, kShape.hidden);
  Product of_expand(kShape.ffn, kTokens, kShape.hidden), of_contract(kShape.hidden, kTokens, kShape.ffn);
  std::vector<double> shares;
  double flops = 0;
  for (auto _ : state) {
    const double before = Flops();
    const auto start = Clock::now();
    model.AddGradients(batch, output);
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    state.SetIterationTime(seconds);
    flops = Flops() - before;

    const auto products_start = Clock::now();
    double product_flops = 0;
    for (int i = 0; i < 8; ++i) product_flops += square.Run();
    for (int i = 0; i < 4; ++i) product_flops += gradient.Run();
    for (Product* product : {&expand, &contract, &contract, &expand, &of_expand, &of_contract})
      product_flops += product->Run();
    const double product_seconds = std::chrono::duration<double>(Clock::now() - products_start).count();
    shares.push_back(flops / seconds / (product_flops / product_seconds));
  }
  state.counters["flops"] = benchmark::Counter(flops, benchmark::Counter::kIsIterationInvariantRate);
  state.counters["share_of_product_rate"] = Median(shares);
}

BENCHMARK(ForwardBackward)->ArgName("recompute")->Arg(0)->Arg(1)->UseManualTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace agront::model
