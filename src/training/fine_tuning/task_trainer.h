// SPDX-License-Identifier: Apache-2.0
// Updates of a learner: examples in an order of their own in each epoch, gradients summed over ranks, clipping, AdamW.
#pragma once

#include <cstdint>
#include <vector>

#include "device/communicator.h"
#include "ops/adamw/adamw.h"
#include "training/fine_tuning/learner.h"
#include "training/learning_rate.h"
#include "training/optimizer.h"

namespace agront::training {

struct TaskTrainerSettings {
  int64_t batch_size = 16;  ///< examples of an update, over all ranks; fewer in the last one of an epoch
  LearningRate learning_rate;
  ops::AdamWSettings adamw;
  double clip_norm = 0;  ///< 0: never
  uint64_t seed = 0;     ///< of the order and the strands
  bool reverse_complement = false;
};

/// Over all ranks.
struct TaskStep {
  double loss = 0;  ///< weighted mean
  int64_t tokens = 0;
  double gradient_norm = 0;  ///< before clipping
  double learning_rate = 0;
  bool is_skipped = false;  ///< the gradient was not finite, and nothing was updated
};

/// Thread safety: none; all ranks take the same steps.
class TaskTrainer {
 public:
  /// Keeps references to the learner and the ranks. `train`: examples to learn from, at least one.
  TaskTrainer(Learner& learner, std::vector<int64_t> train, device::Communicator& ranks,
              const TaskTrainerSettings& settings);

  int64_t steps_per_epoch() const;

  /// Update `number`, from 1: its examples are a function of the seed and the number.
  TaskStep Step(int64_t number);

  /// The examples of an update, over all ranks.
  std::vector<ExampleDraw> Draw(int64_t number) const;

  Optimizer& optimizer() { return optimizer_; }

 private:
  Learner& learner_;
  std::vector<int64_t> train_;
  device::Communicator& ranks_;
  TaskTrainerSettings settings_;
  Optimizer optimizer_;
};

struct Prediction {
  double loss = 0;  ///< weighted mean; NaN when nothing has a weight
  Outputs outputs;  ///< of all examples, on rank 0
};

/// Predicts examples, shared out over the ranks.
Prediction PredictOverRanks(Learner& learner, const std::vector<int64_t>& examples, device::Communicator& ranks);

}  // namespace agront::training
