// SPDX-License-Identifier: Apache-2.0
#include "baselines/linear_model.h"

#include <cmath>
#include <numeric>

namespace agront::baselines {
namespace {

double Sigmoid(double x) { return x >= 0 ? 1 / (1 + std::exp(-x)) : std::exp(x) / (1 + std::exp(x)); }

}  // namespace

std::vector<double> Predict(const LinearModel& model, const PredictionTask& task, const FeatureTable& features) {
  const auto outputs = static_cast<size_t>(task.num_outputs());
  std::vector<double> predictions;
  predictions.reserve(static_cast<size_t>(features.rows()) * outputs);
  for (int64_t i = 0; i < features.rows(); ++i) {
    for (size_t output = 0; output < outputs; ++output) {
      double value = model.intercepts[output];
      for (const auto [column, feature] : features.row(i)) value += model.weights[output][column] * feature;
      predictions.push_back(task.kind == TaskKind::kRegression ? value : Sigmoid(value));
    }
    if (task.kind != TaskKind::kMulticlass && task.kind != TaskKind::kToken) continue;
    const std::span row = std::span(predictions).last(outputs);
    const double sum = std::accumulate(row.begin(), row.end(), 0.0);
    for (double& value : row) value = sum > 0 ? value / sum : 1 / static_cast<double>(outputs);
  }
  return predictions;
}

}  // namespace agront::baselines
