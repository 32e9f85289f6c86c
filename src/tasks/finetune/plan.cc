// SPDX-License-Identifier: Apache-2.0
#include "tasks/finetune/plan.h"

#include "base/error.h"
#include "tasks/finetune/settings.h"
#include "training/over_ranks.h"

namespace agront::tasks {
namespace {

TaskPlan PlanFor(const FinetuneOptions& options, const ModelShape& shape, const model::TaskHeadConfig& head,
                 Precision base, int ranks, bool recompute) {
  const model::TaskModelOptions model = {.head = head,
                                         .adapter = AdapterOf(options),
                                         .trains_base = options.method == FinetuneMethod::kFull,
                                         .base = base,
                                         .products = model::ProductsWith(base),
                                         .recompute = recompute};
  TaskPlan plan{.memory = model::PlanTaskMemory(shape, model, options.job.batch_tokens), .recompute = recompute};
  plan.num_trained = plan.memory.gradients / static_cast<int64_t>(sizeof(float));
  plan.optimizer = 2 * plan.memory.gradients / ranks;
  return plan;
}

}  // namespace

TaskPlan PlanTask(const FinetuneOptions& options, const ModelShape& shape, const model::TaskHeadConfig& head,
                  Precision base, device::Communicator& ranks) {
  const bool must = options.recompute == Recompute::kOn, may = options.recompute != Recompute::kOff;
  const int64_t room = training::RoomOfEachRank(0, ranks);
  TaskPlan plan = PlanFor(options, shape, head, base, ranks.size(), must);
  if (plan.total() > room && may) plan = PlanFor(options, shape, head, base, ranks.size(), true);
  if (plan.total() > room)
    Fail(
        "fine-tuning: expected {:.1f} GB of memory for each process, got {:.1f} GB free; a smaller --batch-tokens (now "
        "{}), --precision bf16 or int8, or --method lora need less",
        static_cast<double>(plan.total()) / 1e9, static_cast<double>(room) / 1e9, options.job.batch_tokens);
  return plan;
}

std::string Describe(const TaskPlan& plan) {
  return fmt::format("plan: {} trained parameters, {:.2f} GB of memory a process{}", plan.num_trained,
                     static_cast<double>(plan.total()) / 1e9,
                     plan.recompute ? ", activations computed again for the backward pass" : "");
}

}  // namespace agront::tasks
