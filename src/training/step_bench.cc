// SPDX-License-Identifier: Apache-2.0
// A step (forward, backward, AdamW) of four layers of the published width on one window of 1,024 tokens, 15 % of it
// with a loss, and in turn the same products alone with weights packed already: each product of the model three times,
// forward and for both gradients.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <random>
#include <vector>

#include "model/training/trainable_agront.h"
#include "ops/matmul/fastest_float.h"
#include "ops/matmul/matmul.h"
#include "ops/matmul/padded_rows.h"
#include "ops/op_times.h"
#include "ranks/communicator.h"
#include "training/optimizer.h"

namespace agront::training {
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

model::LossBatch RandomBatch() {
  std::mt19937 generator(1);
  model::LossBatch batch;
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

/// y = x W^T of a window's rows, W packed and x converted once.
class Product {
 public:
  Product(Precision precision, int64_t rows, int64_t in, int64_t out)
      : x_(rows, in, ops::PaddedRows(rows)), y_(rows, out, ops::PaddedRows(rows)) {
    const std::vector<float> weights(static_cast<size_t>(out * in), 0.01f), bias(static_cast<size_t>(out));
    weights_ = ops::PackedWeights(ops::WeightView{weights.data(), out, in, in, 1}, bias, precision);
    std::ranges::fill(x_.view().values(), 0.01f);
    input_.Set(x_.view(), weights_.input_format());
  }
  double Run() {
    weights_.Multiply(input_, ops::Epilogue::kNone, y_.view());
    return 2.0 * static_cast<double>(x_.rows() * x_.cols() * y_.cols());
  }

 private:
  tensor::Matrix x_;
  tensor::Matrix y_;
  ops::PackedWeights weights_;
  ops::ProductInput input_;
};

double Median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

double FlopsOf(const ops::OpTotals& totals) {
  return ops::TotalOf(totals, ops::OpKind::kProduct).flops + ops::TotalOf(totals, ops::OpKind::kAttention).flops;
}

double SecondsSince(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// As training/trainer.cc does it, of one micro-batch on one rank, with the time between gradients and update taken.
class Step {
 public:
  Step(Precision products, bool recompute) : model_(kShape, {.products = products, .recompute = recompute}) {
    model_.parameters().InitializeRandomly(1);
  }

  /// Returns the seconds until the gradients are there.
  double Run() {
    const auto start = Clock::now();
    model_.parameters().ZeroGradients();
    model_.AddGradients(batch_, output_, [&](int64_t first, int64_t last) { optimizer_.StartSum(first, last); });
    const double seconds = SecondsSince(start);
    optimizer_.FinishSums();
    const double scale = 1.0 / static_cast<double>(batch_.rows.size());
    optimizer_.Update({.number = ++number_, .rate = 1e-4, .gradient_scale = scale});
    return seconds;
  }

 private:
  model::TrainableAgroNT model_;
  std::unique_ptr<ranks::Communicator> alone_ = ranks::MakeSingleProcess();
  Optimizer optimizer_{model_.parameters(), *alone_, {}};
  model::LossBatch batch_ = RandomBatch();
  model::LossOutput output_;
  int64_t number_ = 0;
};

void TrainingStep(benchmark::State& state) {
  const Precision precision = state.range(0) != 0 ? Precision::kBf16 : Precision::kFp32;
  if (precision == Precision::kBf16 && ops::FastestFloat() != Precision::kBf16) {
    state.SkipWithError("no bf16 products on this processor");
    return;
  }
  Step step(precision, state.range(1) != 0);
  step.Run();
  Product square(precision, kTokens, kShape.hidden, kShape.hidden);
  Product expand(precision, kTokens, kShape.hidden, kShape.ffn);
  Product contract(precision, kTokens, kShape.ffn, kShape.hidden);
  Product gradient(precision, kShape.hidden, kTokens, kShape.hidden);
  Product of_expand(precision, kShape.ffn, kTokens, kShape.hidden);
  Product of_contract(precision, kShape.hidden, kTokens, kShape.ffn);
  std::vector<double> shares, gradient_shares, gradient_seconds;
  double flops = 0;
  for (auto _ : state) {
    ops::OpTotals totals{};
    std::optional<ops::CountOps> count(std::in_place, totals);
    const auto start = Clock::now();
    gradient_seconds.push_back(step.Run());
    const double seconds = SecondsSince(start);
    state.SetIterationTime(seconds);
    flops = FlopsOf(totals);
    count.reset();

    const auto products_start = Clock::now();
    double product_flops = 0;
    for (int i = 0; i < 8; ++i) product_flops += square.Run();
    for (int i = 0; i < 4; ++i) product_flops += gradient.Run();
    for (Product* product : {&expand, &contract, &contract, &expand, &of_expand, &of_contract})
      product_flops += product->Run();
    const double product_rate = product_flops / SecondsSince(products_start);
    shares.push_back(flops / seconds / product_rate);
    gradient_shares.push_back(flops / gradient_seconds.back() / product_rate);
  }
  state.counters["flops"] = benchmark::Counter(flops, benchmark::Counter::kIsIterationInvariantRate);
  state.counters["share_of_product_rate"] = Median(shares);
  state.counters["share_without_update"] = Median(gradient_shares);
  state.counters["seconds_without_update"] = Median(gradient_seconds);
}

BENCHMARK(TrainingStep)
    ->ArgNames({"bf16", "recompute"})
    ->ArgsProduct({{0, 1}, {0, 1}})
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace agront::training
