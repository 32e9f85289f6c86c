// SPDX-License-Identifier: Apache-2.0
// How far fine-tuning is, and what it needs to go on to the same bits.
#pragma once

#include <cstdint>
#include <limits>
#include <string>

#include "ranks/communicator.h"
#include "training/objective.h"
#include "training/optimizer.h"

namespace agront::training {

/// The epoch with the lowest validation loss.
struct BestEpoch {
  int64_t step = 0;  ///< at its end; 0: none yet
  double loss = std::numeric_limits<double>::infinity();
  int64_t epochs_since = 0;
};

struct TaskRunState {
  RunProgress progress;
  BestEpoch best;
};

/// Writes `folder` (trained.safetensors, optimizer.safetensors, state.json), which appears whole or not at all. All
/// ranks call it; rank 0 writes. Throws Error.
void WriteTaskCheckpoint(const std::string& folder, const TaskRunState& state,
                         const model::TrainingParameters& parameters, Optimizer& optimizer, ranks::Communicator& ranks);

/// Throws Error when the checkpoint is of another step or other parameters, or damaged.
TaskRunState ReadTaskCheckpoint(const std::string& folder, int64_t step, model::TrainingParameters& parameters,
                                Optimizer& optimizer, ranks::Communicator& ranks);

}  // namespace agront::training
