// SPDX-License-Identifier: Apache-2.0
// Epochs of updates with a validation before the first and after each, until the validation loss stops falling.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agront/reporter.h"
#include "ranks/communicator.h"
#include "training/fine_tuning/learner.h"
#include "training/fine_tuning/task_checkpoint.h"
#include "training/fine_tuning/task_objective.h"
#include "training/run_folder.h"
#include "training/trainer.h"

namespace agront::training {

struct EpochSettings {
  ExampleOrder order;
  TrainerSettings trainer;
  int64_t epochs = 10;
  int64_t patience = 3;            ///< epochs without a lower validation loss before the end; 0: never
  int64_t checkpoint_every = 500;  ///< updates; and after each epoch
  std::string label;               ///< of the stage
};

/// Trains on `train` from the start, or from the folder's last checkpoint to the same bits; leaves metrics.jsonl,
/// validation.jsonl and the events for TensorBoard. Afterwards the learner has the values after the epoch with
/// the lowest loss on `valid` (which best.safetensors keeps), or the last ones when `valid` is empty. All ranks call
/// it. Throws Error after more than ten updates in a row whose gradient is not finite, and Stopped, behind a
/// checkpoint, when the reporter of a rank says stop.
TaskRunState TrainEpochs(Learner& learner, const std::vector<int64_t>& train, const std::vector<int64_t>& valid,
                         const RunFolder& folder, ranks::Communicator& ranks, const EpochSettings& settings,
                         Reporter& reporter);

}  // namespace agront::training
