// SPDX-License-Identifier: Apache-2.0
#include "model/training/task_loss.h"

#include <cmath>

#include "base/error.h"
#include "ops/cross_entropy/cross_entropy.h"
#include "ops/pointwise_loss/pointwise_loss.h"

namespace agront::model {
namespace {

void Check(const PredictionTask& task, const TaskLabels& labels, tensor::ConstMatrixView outputs) {
  if (task.kind == TaskKind::kToken) {
    if (static_cast<int64_t>(labels.token_classes.size()) != outputs.rows)
      FailUsage("batch: {} tokens, {} classes of tokens", outputs.rows, labels.token_classes.size());
    if (!labels.class_weights.empty() && static_cast<int64_t>(labels.class_weights.size()) != outputs.cols)
      FailUsage("batch: {} classes, {} weights of classes", outputs.cols, labels.class_weights.size());
    return;
  }
  const auto expected = static_cast<size_t>(outputs.rows * task.num_labels());
  if (labels.labels.size() != expected || labels.weights.size() != expected)
    FailUsage("batch: expected {} labels and weights, got {} and {}", expected, labels.labels.size(),
              labels.weights.size());
}

int32_t CheckedClass(double value, int64_t classes) {
  if (!(value >= 0 && value < static_cast<double>(classes)) || value != std::floor(value))
    FailUsage("batch: expected a class from 0 to {}, got {}", classes - 1, value);
  return static_cast<int32_t>(value);
}

/// The classes and weights of rows; class 0 and weight 0 where there is no loss.
struct RowClasses {
  std::vector<int32_t> classes;
  std::vector<float> weights;
};

RowClasses ClassesOf(const PredictionTask& task, const TaskLabels& labels, int64_t rows) {
  RowClasses of_rows{std::vector<int32_t>(static_cast<size_t>(rows)), std::vector<float>(static_cast<size_t>(rows))};
  for (size_t i = 0; i < of_rows.classes.size(); ++i) {
    const bool is_token = task.kind == TaskKind::kToken;
    const bool is_missing = is_token ? labels.token_classes[i] == -1 : labels.weights[i] == 0;
    if (is_missing) continue;
    of_rows.classes[i] =
        CheckedClass(is_token ? labels.token_classes[i] : static_cast<double>(labels.labels[i]), task.num_outputs());
    of_rows.weights[i] = !is_token                      ? labels.weights[i]
                         : labels.class_weights.empty() ? 1.0f
                                                        : labels.class_weights[of_rows.classes[i]];
  }
  return of_rows;
}

void AddUp(std::span<const float> losses, std::span<const float> weights, TaskOutput& output) {
  for (size_t i = 0; i < losses.size(); ++i) {
    if (weights[i] == 0) continue;  // an output without a label may be any number
    output.loss += static_cast<double>(weights[i]) * static_cast<double>(losses[i]);
    output.weight += static_cast<double>(weights[i]);
  }
}

}  // namespace

void ComputeTaskLoss(const PredictionTask& task, const TaskLabels& labels, LossGradient gradient,
                     tensor::MatrixView outputs, TaskOutput& output) {
  output.outputs.assign(outputs.values().begin(), outputs.values().end());
  output.loss = output.weight = 0;
  if (labels.empty()) return;
  Check(task, labels, outputs);
  const bool wants_gradient = gradient == LossGradient::kReplacesOutputs;
  if (task.kind == TaskKind::kMulticlass || task.kind == TaskKind::kToken) {
    const RowClasses rows = ClassesOf(task, labels, outputs.rows);
    std::vector<float> losses(rows.classes.size());
    std::vector<int32_t> predicted(rows.classes.size());
    const auto compute = wants_gradient
                             ? ops::CrossEntropyForwardBackward
                             : [](tensor::MatrixView of, const ops::CrossEntropyTargets& targets,
                                  const ops::CrossEntropyOutputs& to) { ops::CrossEntropyForward(of, targets, to); };
    compute(outputs, {rows.classes, rows.weights}, {losses, predicted});
    return AddUp(losses, rows.weights, output);
  }
  const auto loss =
      task.kind == TaskKind::kRegression ? ops::PointwiseLoss::kSquaredError : ops::PointwiseLoss::kBinaryCrossEntropy;
  std::vector<float> losses(labels.labels.size());
  if (wants_gradient)
    ops::PointwiseLossForwardBackward(loss, outputs.values(), {labels.labels, labels.weights}, losses);
  else
    ops::PointwiseLossForward(loss, outputs.values(), {labels.labels, labels.weights}, losses);
  AddUp(losses, labels.weights, output);
}

}  // namespace agront::model
