// SPDX-License-Identifier: Apache-2.0
// For benchmarks/fine_tuning_against_peft.py: steps of fine-tuning (forward, backward, AdamW) on one batch of random
// sequences, with the head of EsmForSequenceClassification for two classes.
//
//   task_step MODEL lora|ia3 fp32|bf16|int8 STEPS TOKENS...
//
// TOKENS are the lengths of the sequences. Prints a JSON object: the seconds of each step, those of its products, the
// largest resident memory in bytes and the planned one. A step to warm up comes first. With bf16 products are in bf16,
// too, where the processor has them.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/resource.h>

#include <chrono>
#include <cmath>
#include <iostream>
#include <random>
#include <string>
#include <vector>

#include "base/error.h"
#include "model/training/trainable_task_model.h"
#include "ops/op_times.h"
#include "ranks/communicator.h"
#include "tensor/precision.h"
#include "training/optimizer.h"

namespace agront {
namespace {

model::TaskBatch RandomBatch(const std::vector<int64_t>& lengths) {
  std::mt19937 generator(1);
  model::TaskBatch batch;
  for (const int64_t length : lengths) {
    std::vector<int32_t> tokens(static_cast<size_t>(length));
    for (int32_t& token : tokens) token = static_cast<int32_t>(4 + generator() % 4096);
    tokens[0] = 3;  // <cls>
    batch.batch.Add(tokens);
    batch.windows.push_back(1);
    batch.labels.push_back(static_cast<float>(generator() % 2));
    batch.weights.push_back(1);
  }
  return batch;
}

int64_t PeakResidentBytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return int64_t{usage.ru_maxrss} * 1024;
}

void Run(const std::string& folder, const model::TaskModelOptions& options, int steps,
         const std::vector<int64_t>& lengths) {
  using Clock = std::chrono::steady_clock;
  const auto checkpoint = model::Checkpoint::Open(folder);
  model::TrainableTaskModel model(*checkpoint, options);
  model.InitializeRandomly(1);
  const auto alone = device::MakeSingleProcess();
  training::Optimizer optimizer(model.parameters(), *alone, {});
  const model::TaskBatch batch = RandomBatch(lengths);
  model::TaskOutput output;
  std::vector<double> seconds, products;
  for (int step = 0; step <= steps; ++step) {
    const auto start = Clock::now();
    ops::OpTotals totals{};
    const ops::CountOps count(totals);
    model.parameters().ZeroGradients();
    model.AddGradients(batch, output, [&](int64_t first, int64_t last) { optimizer.StartSum(first, last); });
    if (!std::isfinite(optimizer.FinishSums())) Fail("{}: gradients that are not finite", folder);
    optimizer.Update({.number = step + 1, .rate = 1e-4, .gradient_scale = 1 / output.weight});
    if (step == 0) continue;
    seconds.push_back(std::chrono::duration<double>(Clock::now() - start).count());
    products.push_back(ops::TotalOf(totals, ops::OpKind::kProduct).seconds);
  }
  const auto planned = PlanTaskMemory(checkpoint->shape(), options, static_cast<int64_t>(batch.batch.tokens.size()));
  fmt::print("{{\"seconds\": [{:.4f}], \"products\": [{:.4f}], \"peak_bytes\": {}, \"planned_bytes\": {}}}\n",
             fmt::join(seconds, ", "), fmt::join(products, ", "), PeakResidentBytes(), planned.total());
}

void Main(int argc, char** argv) {
  if (argc < 6) FailUsage("expected MODEL lora|ia3 fp32|bf16|int8 STEPS TOKENS...");
  model::TaskModelOptions options;
  options.head.task = {TaskKind::kMulticlass, {"0", "1"}};
  options.head.kind = HeadKind::kMlp;
  options.head.pooling = HeadPooling::kCls;
  const std::string adapter = argv[2];
  if (adapter != "lora" && adapter != "ia3") FailUsage("expected lora or ia3, got {}", adapter);
  options.adapter = adapter == "lora" ? model::DefaultLora() : model::DefaultIa3();
  const auto base = tensor::ParsePrecision(argv[3]);
  if (!base) FailUsage("expected fp32, bf16 or int8, got {}", argv[3]);
  options.base = *base;
  options.products = model::ProductsWith(*base);
  std::vector<int64_t> lengths;
  for (int i = 5; i < argc; ++i) lengths.push_back(std::stoll(argv[i]));
  Run(argv[1], options, std::stoi(argv[4]), lengths);
}

}  // namespace
}  // namespace agront

int main(int argc, char** argv) {
  try {
    agront::Main(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "task_step: " << error.what() << '\n';
    return 1;
  }
}
