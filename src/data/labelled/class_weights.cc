// SPDX-License-Identifier: Apache-2.0
#include "data/labelled/class_weights.h"

#include <cmath>

#include "base/error.h"

namespace agront::data {

std::vector<std::vector<int64_t>> CountClasses(const LabelledSet& set, std::span<const int64_t> examples) {
  const PredictionTask& task = set.task();
  if (task.kind == TaskKind::kRegression) return {};
  const bool has_flags = task.kind == TaskKind::kBinary || task.kind == TaskKind::kMultilabel;
  std::vector<std::vector<int64_t>> counts(has_flags ? task.outputs.size() : 1,
                                           std::vector<int64_t>(has_flags ? 2 : task.outputs.size()));
  for (const int64_t example : examples) {
    if (task.kind == TaskKind::kToken) {
      for (const char base_class : set.BaseClasses(example))
        if (base_class != kNoClass) ++counts[0][static_cast<unsigned char>(base_class)];
      continue;
    }
    const std::span<const float> labels = set.labels(example);
    for (size_t label = 0; label < labels.size(); ++label)
      if (!std::isnan(labels[label])) ++counts[label][static_cast<size_t>(labels[label])];
  }
  return counts;
}

std::vector<std::vector<float>> BalancedClassWeights(const LabelledSet& set, std::span<const int64_t> train) {
  if (set.task().kind == TaskKind::kRegression) FailUsage("class weights: expected a task of classes, got numbers");
  std::vector<std::vector<float>> weights;
  for (const std::vector<int64_t>& counts : CountClasses(set, train)) {
    int64_t total = 0;
    for (const int64_t count : counts) total += count;
    std::vector<float>& of_label = weights.emplace_back();
    for (const int64_t count : counts)
      of_label.push_back(count == 0
                             ? 1.0f
                             : static_cast<float>(static_cast<double>(total) /
                                                  (static_cast<double>(counts.size()) * static_cast<double>(count))));
  }
  return weights;
}

}  // namespace agront::data
