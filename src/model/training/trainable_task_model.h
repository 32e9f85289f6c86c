// SPDX-License-Identifier: Apache-2.0
// A model with a task's head, some of its parameters in training: head, adapter, or all.
#pragma once

#include <cstdint>
#include <memory>

#include "model/checkpoints/checkpoint.h"
#include "model/heads/task_batch.h"
#include "model/training/task_parameters.h"
#include "model/training/training_parameters.h"
#include "tensor/matrix.h"

namespace agront::model {

/// Thread safety: one call at a time. The results do not depend on the number of threads.
class TrainableTaskModel {
 public:
  /// Loads the base, whose files may stay mapped; adapter and head have no meaning before InitializeRandomly or
  /// parameters().Load. Throws UsageError when the options contradict each other.
  TrainableTaskModel(const Checkpoint& base, const TaskModelOptions& options);
  ~TrainableTaskModel();
  TrainableTaskModel(TrainableTaskModel&&) noexcept;
  TrainableTaskModel& operator=(TrainableTaskModel&&) noexcept;

  /// The parameters in training and the small ones of the base, one flat buffer: what the optimizer, checkpoints and
  /// ranks work on. The base's come first, then the adapter's block by block, then the head's.
  TrainingParameters& parameters();

  /// The adapter and the head (model/training/task_parameters.h).
  void InitializeRandomly(uint64_t seed);

  /// Throws UsageError when windows or labels do not fit the batch, Error for tokens outside the vocabulary or a
  /// sequence that is too long. Without labels there is no loss.
  void Predict(const TaskBatch& batch, TaskOutput& output);

  /// The input of the head: [examples, C], kToken [tokens, C]. With a frozen base and no adapter these never change,
  /// and TrainableProbe (model/training/trainable_head.h) trains the head on them.
  void Pool(const TaskBatch& batch, tensor::Matrix& pooled);

  /// Adds the gradient of `output.loss` to parameters().gradients().
  void AddGradients(const TaskBatch& batch, TaskOutput& output, const GradientsReady& ready = {});

 private:
  class Pass;
  std::unique_ptr<Pass> pass_;
};

/// Bytes that a model in training takes, known before it is made. Estimates from above; the optimizer is not counted,
/// two more values for each that is trained.
struct TaskMemoryPlan {
  int64_t frozen = 0;  ///< matrices of a frozen base; mapped from its file where that has their format
  int64_t flat = 0;    ///< the flat buffer
  int64_t gradients = 0;
  int64_t activations = 0;  ///< and scratch

  int64_t total() const { return frozen + flat + gradients + activations; }
};

/// For batches of up to `tokens`.
TaskMemoryPlan PlanTaskMemory(const ModelShape& shape, const TaskModelOptions& options, int64_t tokens);

}  // namespace agront::model
