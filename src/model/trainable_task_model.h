// SPDX-License-Identifier: Apache-2.0
// A model with a task's head, some of its parameters in training: head, adapter, or all.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "agront/forward.h"
#include "agront/model_shape.h"
#include "agront/precision.h"
#include "model/adapter.h"
#include "model/checkpoint.h"
#include "model/task_head.h"
#include "model/training_parameters.h"

namespace agront::model {

struct TaskModelOptions {
  TaskHeadConfig head;
  AdapterConfig adapter;              ///< kNone: a probe, or everything is trained
  bool trains_base = false;           ///< full fine-tuning
  Precision base = Precision::kFp32;  ///< how the matrices of a frozen base are kept; products are in float32
  bool recompute = false;
};

/// Examples for one pass. Those with labels say what is true of them.
struct TaskBatch {
  Batch batch;                   ///< windows, packed
  std::vector<int64_t> windows;  ///< of each example, in order
  std::vector<float> labels;     ///< [examples, num_labels] in the space of the loss; not read where a weight is 0
  std::vector<float> weights;    ///< of the losses: [examples, num_labels]
  std::vector<int32_t> token_classes;  ///< kToken: [tokens], -1 where there is no loss (such as <cls>)
  std::vector<float> class_weights;    ///< kToken: [outputs], or empty: all 1
};

struct TaskOutput {
  double loss = 0;             ///< sum of weight x loss
  double weight = 0;           ///< sum of weights: the caller divides by that of the whole step
  std::vector<float> outputs;  ///< before the sigmoid or softmax: [examples, outputs], kToken [tokens, outputs]
};

/// Losses: kBinary, kMultilabel binary cross-entropy of each label; kMulticlass, kToken cross-entropy; kRegression the
/// square of the difference.
/// Thread safety: one call at a time. The results do not depend on the number of threads.
class TrainableTaskModel {
 public:
  TrainableTaskModel(const Checkpoint& base, const TaskModelOptions& options);
  ~TrainableTaskModel();

  /// The parameters in training and the small ones of the base, one flat buffer: what the optimizer, checkpoints and
  /// ranks work on.
  TrainingParameters& parameters();

  /// LoRA's A as PEFT has it (uniform within 1 / sqrt(in)), B zero, IA3 one, the head as torch's Linear.
  void InitializeRandomly(uint64_t seed);

  void Predict(const TaskBatch& batch, TaskOutput& output);
  /// Adds the gradient of `output.loss` to parameters().gradients().
  void AddGradients(const TaskBatch& batch, TaskOutput& output);
};

}  // namespace agront::model
