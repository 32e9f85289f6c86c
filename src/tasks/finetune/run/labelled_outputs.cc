// SPDX-License-Identifier: Apache-2.0
#include "tasks/finetune/run/labelled_outputs.h"

#include <span>

#include "data/labelled/clusters.h"
#include "inference/prediction.h"

namespace agront::tasks {
namespace {

/// The tokens of all windows of an example, one after the other, as the rows of outputs.
std::vector<scores::TokenBases> TokensOf(const training::ExampleEncoder& encoder, int64_t example) {
  std::vector<scores::TokenBases> bases;
  for (const data::ExampleWindow& window : encoder.Encode({.example = example}).windows)
    for (size_t t = 0; t < window.tokens.size(); ++t)
      bases.push_back({window.start + window.tokens.begin[t], window.start + window.tokens.end[t]});
  return bases;
}

}  // namespace

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
          inference::PredictionOf(task, std::span(outputs.values).subspan(row * width, width), transform);
      labelled.predictions.insert(labelled.predictions.end(), prediction.begin(), prediction.end());
      ++labelled.size;
    }
  }
  return labelled;
}

}  // namespace agront::tasks
