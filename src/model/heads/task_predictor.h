// SPDX-License-Identifier: Apache-2.0
// From hidden states to what a trained head says of them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "agront/forward.h"
#include "agront/model_shape.h"
#include "agront/prediction_task.h"
#include "model/heads/task_head.h"
#include "ops/matmul/matmul.h"
#include "tensor/matrix.h"

namespace agront::model {

/// AgroNT's hidden states, pooled and passed through the head.
/// Thread safety: one call at a time.
class TaskPredictor {
 public:
  /// Throws Error when the head lacks values or has others.
  TaskPredictor(const ModelShape& shape, const TaskHead& head);

  const PredictionTask& task() const { return config_.task; }

  /// `hidden` [tokens, C] is of the layer that the head was trained on, usually the last; `windows` is the number of
  /// windows of each example, in order, and all windows begin with <cls>. Gives what is before the sigmoid or softmax
  /// (inference/prediction.h makes probabilities of it): [examples, outputs], for kToken [tokens, outputs].
  /// Throws UsageError when the windows do not fit the batch, or one has no base to pool.
  void Predict(const Batch& batch, std::span<const int64_t> windows, tensor::ConstMatrixView hidden,
               tensor::Matrix& outputs);

 private:
  /// The mean of the windows' pooled rows.
  void Pool(const Batch& batch, std::span<const int64_t> windows, tensor::ConstMatrixView hidden);
  void AddWindow(const Batch& batch, int64_t window, tensor::ConstMatrixView hidden, std::span<double> sum) const;

  TaskHeadConfig config_;
  std::vector<float> query_;  // of attention pooling
  std::optional<ops::PackedWeights> dense_;
  ops::PackedWeights out_;
  tensor::Matrix pooled_;
  tensor::Matrix inner_;
};

}  // namespace agront::model
