// SPDX-License-Identifier: Apache-2.0
#include "scores/labelled_predictions.h"

#include <cmath>
#include <limits>

#include "base/error.h"

namespace agront::scores {
namespace {

/// Doubled ranks of examples are 32 bits wide.
constexpr int64_t kMostExamples = std::numeric_limits<int32_t>::max() / 2;

std::vector<double> Column(const std::vector<double>& values, int64_t size, int64_t stride, int64_t column) {
  std::vector<double> result(static_cast<size_t>(size));
  for (int64_t i = 0; i < size; ++i) result[i] = values[i * stride + column];
  return result;
}

bool IsLabel(const PredictionTask& task, double label) {
  if (std::isnan(label)) return true;  // missing
  switch (task.kind) {
    case TaskKind::kBinary:
    case TaskKind::kMultilabel: return label == 0 || label == 1;
    case TaskKind::kMulticlass:
    case TaskKind::kToken:
      return label == std::floor(label) && label >= 0 && label < static_cast<double>(task.num_outputs());
    case TaskKind::kRegression: return std::isfinite(label);
  }
  return false;
}

}  // namespace

void CheckPredictions(const LabelledPredictions& predictions, const std::string& what) {
  const PredictionTask& task = predictions.task;
  const int64_t size = predictions.size;
  if (size < 0 || size > kMostExamples) Fail("{}: expected at most {} examples, got {}", what, kMostExamples, size);
  const auto check_size = [&](const char* name, size_t got, int64_t expected) {
    if (static_cast<int64_t>(got) != expected) Fail("{}: expected {} {}, got {}", what, expected, name, got);
  };
  check_size("labels", predictions.labels.size(), size * predictions.labels_per_example());
  check_size("predictions", predictions.predictions.size(), size * task.num_outputs());
  if (!predictions.ids.empty()) check_size("ids", predictions.ids.size(), size);
  if (!predictions.tokens.empty()) check_size("tokens", predictions.tokens.size(), size);
  if (!predictions.clusters.empty()) check_size("clusters", predictions.clusters.size(), size);
  for (size_t i = 0; i < predictions.labels.size(); ++i)
    if (!IsLabel(task, predictions.labels[i]))
      Fail("{}: label {} of example {} is none of the task's", what, predictions.labels[i],
           static_cast<int64_t>(i) / predictions.labels_per_example());
  for (size_t i = 0; i < predictions.predictions.size(); ++i) {
    const double value = predictions.predictions[i];
    if (!std::isfinite(value) || (task.kind != TaskKind::kRegression && (value < 0 || value > 1)))
      Fail("{}: expected a {}, got {} for example {}", what,
           task.kind == TaskKind::kRegression ? "finite number" : "probability", value,
           static_cast<int64_t>(i) / task.num_outputs());
  }
}

std::vector<double> LabelColumn(const LabelledPredictions& predictions, int64_t label) {
  return Column(predictions.labels, predictions.size, predictions.labels_per_example(), label);
}

std::vector<double> PredictionColumn(const LabelledPredictions& predictions, int64_t output) {
  return Column(predictions.predictions, predictions.size, predictions.task.num_outputs(), output);
}

}  // namespace agront::scores
