// SPDX-License-Identifier: Apache-2.0
#include "tasks/finetune/labelled_outputs.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "data/labelled/clusters.h"

namespace agront::tasks {
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

/// Of all windows of an example, one after the other, as the rows of outputs.
std::vector<scores::TokenBases> TokensOf(const training::ExampleEncoder& encoder, int64_t example) {
  std::vector<scores::TokenBases> bases;
  for (const data::ExampleWindow& window : encoder.Encode({.example = example}).windows)
    for (size_t t = 0; t < window.tokens.size(); ++t)
      bases.push_back({window.start + window.tokens.begin[t], window.start + window.tokens.end[t]});
  return bases;
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

scores::LabelledPredictions LabelOutputs(const training::ExampleEncoder& encoder, const std::vector<int64_t>& examples,
                                         const training::Outputs& outputs, const data::TargetTransform& transform) {
  const data::LabelledSet& set = encoder.set();
  const PredictionTask& task = set.task();
  scores::LabelledPredictions labelled;
  labelled.task = task;
  const auto width = static_cast<size_t>(task.num_outputs());
  const std::vector<int64_t> clusters = data::ClustersOf(set, examples);
  size_t row = 0;
  for (size_t e = 0; e < examples.size(); ++e) {
    std::vector<scores::TokenBases> tokens;
    if (task.kind == TaskKind::kToken) tokens = TokensOf(encoder, examples[e]);
    for (int64_t r = 0; r < outputs.rows[e]; ++r, ++row) {
      if (task.kind == TaskKind::kToken) {
        if (outputs.row_classes[row] < 0) continue;
        labelled.labels.push_back(outputs.row_classes[row]);
        labelled.tokens.push_back(tokens[static_cast<size_t>(r)]);
        labelled.clusters.push_back(clusters.empty() ? examples[e] : clusters[e]);  // tokens are not independent
      } else {
        if (!clusters.empty()) labelled.clusters.push_back(clusters[e]);
        const std::span<const float> labels = set.labels(examples[e]);
        labelled.labels.insert(labelled.labels.end(), labels.begin(), labels.end());
      }
      labelled.ids.emplace_back(set.id(examples[e]));
      labelled.examples.push_back(examples[e]);
      const std::vector<double> prediction =
          PredictionOf(task, std::span(outputs.values).subspan(row * width, width), transform);
      labelled.predictions.insert(labelled.predictions.end(), prediction.begin(), prediction.end());
      ++labelled.size;
    }
  }
  return labelled;
}

scores::LabelledPredictions OnLearnedScale(scores::LabelledPredictions labelled,
                                           const data::TargetTransform& transform) {
  const auto outputs = static_cast<size_t>(labelled.task.num_outputs());
  for (std::vector<double>* values : {&labelled.labels, &labelled.predictions})
    for (size_t row = 0; row < values->size(); row += outputs)
      transform.ApplyAnywhere(std::span(*values).subspan(row, outputs));
  return labelled;
}

}  // namespace agront::tasks
