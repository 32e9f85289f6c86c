// SPDX-License-Identifier: Apache-2.0
// How far fine-tuning is, and what it needs to go on to the same bits.
#pragma once

#include <cstdint>
#include <limits>
#include <string>

#include "device/communicator.h"
#include "training/fine_tuning/learner.h"
#include "training/optimizer.h"

namespace agront::training {

struct TaskRunState {
  int64_t step = 0;  ///< updates done
  int64_t tokens = 0;
  int64_t skipped = 0;  ///< updates without effect
  int64_t best_step = 0;
  double best_loss = std::numeric_limits<double>::infinity();  ///< on validation, after best_step
  int64_t epochs_since_best = 0;
};

/// Writes `folder` (trained.safetensors, optimizer.safetensors, state.json), which appears whole or not at all. All
/// ranks call it; rank 0 writes. Throws Error.
void WriteTaskCheckpoint(const std::string& folder, const TaskRunState& state,
                         const model::TrainingParameters& parameters, Optimizer& optimizer,
                         device::Communicator& ranks);

/// Throws Error when the checkpoint is of another step or other parameters, or damaged.
TaskRunState ReadTaskCheckpoint(const std::string& folder, int64_t step, model::TrainingParameters& parameters,
                                Optimizer& optimizer, device::Communicator& ranks);

}  // namespace agront::training
