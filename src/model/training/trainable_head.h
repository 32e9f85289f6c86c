// SPDX-License-Identifier: Apache-2.0
// A task's head with its loss, on features: what a whole model has on top, or a probe has alone.
#pragma once

#include <cstdint>

#include "agront/model_shape.h"
#include "model/heads/task_batch.h"
#include "model/heads/task_head.h"
#include "model/training/training_parameters.h"
#include "nn/training/task_head.h"

namespace agront::model {

/// Thread safety: one call at a time.
class TrainableHead {
 public:
  TrainableHead(nn::training::ParameterBuffers& buffers, const ModelShape& shape, const TaskHeadConfig& config);

  /// Features are [examples or tokens, C].
  void Predict(tensor::ConstMatrixView features, const TaskLabels& labels, ops::LinearScratch& scratch,
               TaskOutput& output);

  /// Adds to the gradients of the head's parameters. Returns the gradient of the features until the next call, unless
  /// `below` is frozen. Throws UsageError when there are no labels.
  tensor::ConstMatrixView AddGradients(tensor::ConstMatrixView features, const TaskLabels& labels,
                                       nn::training::Below below, ops::LinearScratch& scratch, TaskOutput& output);

 private:
  PredictionTask task_;
  nn::training::TaskHead head_;
  nn::training::TaskHeadSaved saved_;
};

/// A head that is trained on features that do not change, such as pooled hidden states of some layer, computed once.
/// Its query for attention pooling is not used: that needs tokens.
class TrainableProbe {
 public:
  TrainableProbe(const ModelShape& shape, const TaskHeadConfig& config);

  TrainingParameters& parameters() { return parameters_; }
  void InitializeRandomly(uint64_t seed);

  void Predict(tensor::ConstMatrixView features, const TaskLabels& labels, TaskOutput& output);
  void AddGradients(tensor::ConstMatrixView features, const TaskLabels& labels, TaskOutput& output);

 private:
  TaskHeadConfig config_;
  TrainingParameters parameters_;
  TrainableHead head_;
  ops::LinearScratch scratch_;
};

}  // namespace agront::model
