// SPDX-License-Identifier: Apache-2.0
#include "tasks/finetune/run/plan.h"

#include "base/error.h"
#include "training/over_ranks.h"

namespace agront::tasks {
namespace {

TaskPlan PlanFor(model::TaskModelOptions model, const ModelShape& shape, bool recompute, int64_t tokens, int ranks) {
  model.recompute = recompute;
  TaskPlan plan{.memory = model::PlanTaskMemory(shape, model, tokens), .recompute = recompute};
  plan.num_trained = plan.memory.gradients / static_cast<int64_t>(sizeof(float));
  plan.optimizer = 2 * plan.memory.gradients / ranks;
  return plan;
}

}  // namespace

TaskPlan PlanTask(const model::TaskModelOptions& model, const ModelShape& shape, Recompute recompute, int64_t tokens,
                  ranks::Communicator& ranks) {
  const int64_t room = training::RoomOfEachRank(0, ranks);
  TaskPlan plan = PlanFor(model, shape, recompute == Recompute::kOn, tokens, ranks.size());
  if (plan.total() > room && recompute != Recompute::kOff) plan = PlanFor(model, shape, true, tokens, ranks.size());
  if (plan.total() > room)
    Fail(
        "fine-tuning: expected {:.1f} GB of memory for each process, got {:.1f} GB free; a smaller --batch-tokens (now "
        "{}), --precision bf16 or int8, or --method lora need less",
        static_cast<double>(plan.total()) / 1e9, static_cast<double>(room) / 1e9, tokens);
  return plan;
}

std::string Describe(const TaskPlan& plan) {
  return fmt::format("plan: {} trained parameters, {:.2f} GB of memory a process{}", plan.num_trained,
                     static_cast<double>(plan.total()) / 1e9,
                     plan.recompute ? ", activations computed again for the backward pass" : "");
}

}  // namespace agront::tasks
