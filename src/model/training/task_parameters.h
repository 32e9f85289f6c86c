// SPDX-License-Identifier: Apache-2.0
// The parameters of a model with a task's head: those in training and the small ones in a flat buffer, the matrices of
// a frozen base outside it, in few bits if wanted.
#pragma once

#include <map>
#include <string>

#include "agront/precision.h"
#include "model/checkpoints/checkpoint.h"
#include "model/heads/task_head.h"
#include "model/parameters/adapter.h"
#include "model/training/training_parameters.h"
#include "nn/training/parameter_buffers.h"
#include "ops/linear/kept_weights.h"

namespace agront::model {

struct TaskModelOptions {
  TaskHeadConfig head;
  AdapterConfig adapter;                  ///< kNone: a probe, or everything is trained
  bool trains_base = false;               ///< full fine-tuning
  Precision base = Precision::kFp32;      ///< how the matrices of a frozen base are kept
  Precision products = Precision::kFp32;  ///< as TrainingOptions::products
  bool recompute = false;                 ///< as TrainingOptions::recompute
};

/// The precision that suits a frozen base: bf16 for one in bf16 on a processor that multiplies it, else fp32.
Precision ProductsWith(Precision base);

/// Whether a parameter of the base is there at all: nothing computes the language-model head.
bool IsOfEncoder(const Parameter& parameter);

/// How a matrix of a frozen base is kept: tables, which are read row by row and not multiplied with, in float32.
Precision PrecisionOfFrozen(const Parameter& matrix, Precision base);

class TaskParameters final : public nn::training::ParameterBuffers {
 public:
  /// Loads the base. Throws UsageError when the options contradict each other.
  TaskParameters(const Checkpoint& base, const TaskModelOptions& options);

  /// The base's (if frozen: its vectors), then the adapter's, then the head's.
  TrainingParameters& flat() { return flat_; }

  nn::training::TrainedParameter Find(const std::string& name, int64_t rows, int64_t cols) override;
  nn::training::ProductAdapter FindAdapter(const std::string& prefix, int64_t out, int64_t in) override;

 private:
  AdapterConfig adapter_;
  TrainingParameters flat_;
  std::map<std::string, ops::KeptWeights> frozen_;
};

/// LoRA's A as PEFT has it (uniform within 1 / sqrt(in)), B zero, IA3 one, the head as torch's Linear (uniform within
/// 1 / sqrt(in), biases too) and its query alike. Those that `parameters` has. A value depends on the seed and its
/// place in the adapter or head only.
void InitializeAdapter(const AdapterConfig& adapter, uint64_t seed, TrainingParameters& parameters);
void InitializeHead(const TaskHeadConfig& head, uint64_t seed, TrainingParameters& parameters);

}  // namespace agront::model
