// SPDX-License-Identifier: Apache-2.0
// The memory and time that fine-tuning will take, before its first update.
#pragma once

#include <cstdint>
#include <string>

#include "agront/model_shape.h"
#include "agront/training_choices.h"
#include "model/training/trainable_task_model.h"
#include "ranks/communicator.h"

namespace agront::tasks {

struct TaskPlan {
  model::TaskMemoryPlan memory;
  int64_t optimizer = 0;    ///< bytes, of each rank
  int64_t num_trained = 0;  ///< values
  bool recompute = false;

  int64_t total() const { return memory.total() + optimizer; }
};

/// Chooses recomputation, whatever `model` has of it, so that the memory of every rank does, the same for all. `tokens`
/// of a pass. Throws Error when memory does not. Called by all ranks.
TaskPlan PlanTask(const model::TaskModelOptions& model, const ModelShape& shape, Recompute recompute, int64_t tokens,
                  ranks::Communicator& ranks);

/// A line for the user.
std::string Describe(const TaskPlan& plan);

}  // namespace agront::tasks
