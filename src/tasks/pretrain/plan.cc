// SPDX-License-Identifier: Apache-2.0
#include "tasks/pretrain/plan.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "base/duration.h"
#include "base/error.h"
#include "base/parallel.h"
#include "model/block_products.h"
#include "model/parameters/parameters.h"
#include "model/training/trainable_agront.h"
#include "ops/matmul/fastest_float.h"
#include "tensor/precision.h"
#include "training/over_ranks.h"

namespace agront::tasks {
namespace {

// Tokens of a micro-batch when memory does not limit them: more gain little, and cost memory.
constexpr int64_t kGoodTokens = 4096;
// The share of the product rate that whole steps reach (docs/performance.md).
constexpr double kShareOfRate = 0.8;

Precision ProductsOf(const std::optional<Precision>& asked) { return asked ? *asked : ops::FastestFloat(); }

/// Values, gradients, this rank's part of the two moments, and that part of the gradients from each other rank: they
/// wait until all are there, to be added in order.
int64_t ParameterBytes(const ModelShape& shape, int ranks) {
  const int64_t values = model::CountValues(shape);
  const int64_t part = (values + ranks - 1) / ranks;
  return static_cast<int64_t>(sizeof(float)) * (2 * values + (2 + ranks - 1) * part);
}

int64_t MemoryOf(const ModelShape& shape, int ranks, int64_t tokens, double masking_ratio,
                 const model::TrainingOptions& options) {
  const auto loss_rows = static_cast<int64_t>(std::ceil(1.5 * masking_ratio * static_cast<double>(tokens)));
  return ParameterBytes(shape, ranks) + model::ActivationBytes(shape, options, tokens, loss_rows);
}

/// Operations of forward and backward: the backward pass has two products for each of the forward's.
double StepFlops(const ModelShape& shape, int64_t window_tokens, int64_t windows, double masking_ratio,
                 bool recompute) {
  const auto tokens = static_cast<double>(window_tokens);
  const auto hidden = static_cast<double>(shape.hidden);
  const double block =
      2 * tokens * (4 * hidden * hidden + 2 * hidden * static_cast<double>(shape.ffn)) + 4 * tokens * tokens * hidden;
  const double blocks = block * static_cast<double>(shape.layers);
  const double head = 2 * masking_ratio * tokens * hidden * (hidden + static_cast<double>(shape.vocabulary));
  return static_cast<double>(windows) * (3 * (blocks + head) + (recompute ? blocks : 0));
}

}  // namespace

Plan MakePlan(const StepOptions& step, const PretrainMemory& asked, const ModelShape& shape,
              ranks::Communicator& ranks) {
  const int64_t window_tokens = step.window_tokens;
  Plan plan;
  plan.batch_windows = (step.batch_tokens + window_tokens - 1) / window_tokens;
  if (plan.batch_windows < ranks.size())
    FailUsage("--batch-tokens {}: expected at least a window of {} tokens for each of the {} ranks", step.batch_tokens,
              window_tokens, ranks.size());
  plan.products = ProductsOf(step.products);
  const int64_t of_rank = plan.batch_windows / ranks.size();
  const int64_t room = training::RoomOfEachRank(asked.max_memory, ranks);
  const int64_t least = asked.micro_batch > 0 ? asked.micro_batch : 1;
  const int64_t most = asked.micro_batch > 0
                           ? asked.micro_batch
                           : std::clamp<int64_t>(kGoodTokens / window_tokens, 1, std::max<int64_t>(1, of_rank));
  const auto memory = [&](int64_t micro_batch, bool recompute) {
    return MemoryOf(shape, ranks.size(), micro_batch * window_tokens, step.masking_ratio,
                    {.products = plan.products, .recompute = recompute, .is_trainable = {}});
  };
  plan.recompute =
      asked.recompute == Recompute::kOn || (asked.recompute == Recompute::kAuto && memory(least, false) > room);
  plan.micro_batch = most;
  while (plan.micro_batch > least && memory(plan.micro_batch, plan.recompute) > room) --plan.micro_batch;
  plan.memory = memory(plan.micro_batch, plan.recompute);
  if (plan.memory > room)
    Fail(
        "memory: a step takes at least {:.2f} GB ({:.2f} GB of it parameters, gradients and moments), but there are "
        "{:.2f} GB for each process; more ranks, --recompute on, --micro-batch 1 or a smaller --window-tokens take less",
        static_cast<double>(plan.memory) / 1e9, static_cast<double>(ParameterBytes(shape, ranks.size())) / 1e9,
        static_cast<double>(room) / 1e9);
  plan.step_flops = StepFlops(shape, window_tokens, plan.batch_windows, step.masking_ratio, plan.recompute);
  plan.product_rate =
      ranks.size() *
      model::BlockProducts(shape, std::min(kGoodTokens, plan.micro_batch * window_tokens), plan.products).MeasureRate();
  plan.step_seconds = plan.step_flops / (kShareOfRate * plan.product_rate);
  return plan;
}

std::string Describe(const Plan& plan, int64_t steps, const ModelShape& shape) {
  return fmt::format(
      "model: {} parameters, {} layers of {} channels\n"
      "step: {} windows, {} at a time{}, products in {}; about {:.3g} s ({:.3g} TFLOP at {:.0f} GFLOP/s)\n"
      "memory: {:.2f} GB a process\n"
      "run: {} steps, about {}",
      model::CountValues(shape), shape.layers, shape.hidden, plan.batch_windows, plan.micro_batch,
      plan.recompute ? ", activations computed again" : "", tensor::Name(plan.products), plan.step_seconds,
      plan.step_flops / 1e12, kShareOfRate * plan.product_rate / 1e9, static_cast<double>(plan.memory) / 1e9, steps,
      DurationInWords(plan.step_seconds * static_cast<double>(steps)));
}

}  // namespace agront::tasks
