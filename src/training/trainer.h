// SPDX-License-Identifier: Apache-2.0
// One update of the model: its windows in micro-batches, gradients summed over ranks while the last backward pass runs,
// clipping, AdamW.
#pragma once

#include <cstdint>

#include "data/corpus/batch_sampler.h"
#include "device/communicator.h"
#include "model/trainable_agront.h"
#include "ops/adamw/adamw.h"
#include "training/learning_rate.h"
#include "training/mask_quality.h"
#include "training/optimizer.h"

namespace agront::training {

struct TrainerSettings {
  int64_t batch_windows = 1;  ///< of a step, over all ranks; at least one for each of them
  int64_t micro_batch = 1;    ///< windows of one forward and backward pass
  LearningRate learning_rate;
  ops::AdamWSettings adamw;
  double clip_norm = 0;  ///< gradients with a larger norm are scaled to it; 0: never
};

/// Over all ranks.
struct StepResult {
  double loss = 0;           ///< weighted mean over the tokens in the loss
  MaskQuality mask;          ///< of the model before the update
  double tokens = 0;         ///< that the model read
  double gradient_norm = 0;  ///< before clipping
  double learning_rate = 0;
  bool is_skipped = false;  ///< the gradient was not finite, and nothing was updated
};

/// Thread safety: none; all ranks take the same steps.
class Trainer {
 public:
  /// Keeps references to all of them.
  Trainer(model::TrainableAgroNT& model, const data::BatchSampler& sampler, device::Communicator& ranks,
          const TrainerSettings& settings);

  /// Update `number`, from 1. The batch is a function of the sampler's seed and the number. A skipped update counts as
  /// one: the next one has another batch.
  StepResult Step(int64_t number);

  Optimizer& optimizer() { return optimizer_; }

 private:
  /// Adds the gradients of this rank's windows, and starts their sums.
  StepResult AddGradients(int64_t number, double& weighted_loss, double& weight);

  model::TrainableAgroNT& model_;
  const data::BatchSampler& sampler_;
  device::Communicator& ranks_;
  TrainerSettings settings_;
  Optimizer optimizer_;
  data::MaskedBatch masked_;
  model::LossBatch batch_;
  model::LossOutput output_;
};

}  // namespace agront::training
