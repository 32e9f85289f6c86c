// SPDX-License-Identifier: Apache-2.0
#include "inference/prediction.h"

#include <algorithm>
#include <cmath>

namespace agront::inference {
namespace {

double Sigmoid(float x) { return 1 / (1 + std::exp(-static_cast<double>(x))); }

std::vector<double> Softmax(std::span<const float> x) {
  const float most = *std::ranges::max_element(x);
  std::vector<double> p;
  double sum = 0;
  for (const float value : x) sum += p.emplace_back(std::exp(static_cast<double>(value) - static_cast<double>(most)));
  for (double& value : p) value /= sum;
  return p;
}

}  // namespace

std::vector<double> PredictionOf(const PredictionTask& task, std::span<const float> outputs,
                                 const data::TargetTransform& transform) {
  std::vector<double> prediction;
  switch (task.kind) {
    case TaskKind::kBinary:
    case TaskKind::kMultilabel:
      for (const float output : outputs) prediction.push_back(Sigmoid(output));
      return prediction;
    case TaskKind::kMulticlass:
    case TaskKind::kToken: return Softmax(outputs);
    case TaskKind::kRegression:
      prediction.assign(outputs.begin(), outputs.end());
      transform.Invert(prediction);
      return prediction;
  }
  return prediction;
}

}  // namespace agront::inference
