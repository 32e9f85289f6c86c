// SPDX-License-Identifier: Apache-2.0
// One update of an objective: gradients summed over ranks while the last backward pass runs, clipping, AdamW.
#pragma once

#include <cstdint>

#include "ops/adamw/adamw.h"
#include "ranks/communicator.h"
#include "training/learning_rate.h"
#include "training/objective.h"
#include "training/optimizer.h"

namespace agront::training {

struct TrainerSettings {
  LearningRate learning_rate;
  ops::AdamWSettings adamw;
  double clip_norm = 0;  ///< gradients with a larger norm are scaled to it; 0: never
};

/// Over all ranks.
struct Update {
  UpdateSums sums;           ///< of the model before the update
  double loss = 0;           ///< weighted mean; 0 where nothing has a weight, and then nothing was updated
  double gradient_norm = 0;  ///< before clipping
  double learning_rate = 0;
  bool is_skipped = false;  ///< the gradient was not finite, and nothing was updated
};

/// Thread safety: none; all ranks take the same steps.
class Trainer {
 public:
  /// Keeps references to the objective and the ranks.
  Trainer(Objective& objective, ranks::Communicator& ranks, const TrainerSettings& settings);

  /// Update `number`, from 1. A skipped update counts as one: the next one has other examples.
  Update Step(int64_t number);

  Optimizer& optimizer() { return optimizer_; }

 private:
  Objective& objective_;
  ranks::Communicator& ranks_;
  TrainerSettings settings_;
  Optimizer optimizer_;
};

}  // namespace agront::training
