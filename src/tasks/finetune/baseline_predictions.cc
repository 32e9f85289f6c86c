// SPDX-License-Identifier: Apache-2.0
#include "tasks/finetune/baseline_predictions.h"

#include <algorithm>
#include <memory>
#include <span>

#include "baselines/baselines.h"
#include "data/example_windows.h"

namespace agront::tasks {
namespace {

/// Bases on either side of a token's middle that a baseline sees: as many as ten 6-mers in all.
constexpr int64_t kFlank = 30;

struct Token {
  int64_t example;
  int64_t middle;  // in the example
};

std::string Around(const std::string& bases, int64_t middle) {
  std::string around(2 * kFlank, 'N');
  const auto size = static_cast<int64_t>(bases.size());
  for (int64_t i = 0; i < 2 * kFlank; ++i)
    if (const int64_t place = middle - kFlank + i; place >= 0 && place < size)
      around[static_cast<size_t>(i)] = bases[static_cast<size_t>(place)];
  return around;
}

baselines::LabelledSequences TokensOf(const FinetuneOptions& options, const TaskData& data,
                                      const std::vector<int64_t>& part, int64_t max_tokens) {
  const data::LabelledSet& set = *data.set;
  const auto tokens = std::make_shared<std::vector<Token>>();
  baselines::LabelledSequences sequences;
  for (const int64_t example : part) {
    const std::string classes = set.BaseClasses(example);
    for (const data::ExampleWindow& window :
         data::CutExample(set.Bases(example), options.long_sequences, max_tokens, set.place(example))) {
      const std::vector<int32_t> of_tokens = data::TokenClasses(window, classes);
      for (size_t t = 0; t < of_tokens.size(); ++t) {
        if (of_tokens[t] < 0) continue;
        tokens->push_back({example, window.start + (window.tokens.begin[t] + window.tokens.end[t]) / 2});
        sequences.labels.push_back(of_tokens[t]);
      }
    }
  }
  sequences.size = static_cast<int64_t>(tokens->size());
  sequences.bases = [tokens, &set](int64_t i) {
    const Token& token = (*tokens)[static_cast<size_t>(i)];
    return Around(set.Bases(token.example), token.middle);
  };
  return sequences;
}

}  // namespace

std::vector<BaselinePrediction> PredictBaselines(const FinetuneOptions& options, const TaskData& data,
                                                 int64_t max_tokens, const scores::LabelledPredictions& test) {
  const auto& [train_part, valid_part, test_part] = data.split;
  if (train_part.empty() || valid_part.empty() || test_part.empty()) return {};
  const bool is_per_token = data.set->task().kind == TaskKind::kToken;
  const auto sequences = [&](const std::vector<int64_t>& part) {
    return is_per_token ? TokensOf(options, data, part, max_tokens) : SequencesOf(data, part, LabelSpace::kTransformed);
  };
  std::vector<BaselinePrediction> predictions;
  const auto outputs = static_cast<size_t>(data.set->task().num_outputs());
  for (baselines::Baseline& baseline :
       baselines::FitBaselines(data.set->task(), sequences(train_part), sequences(valid_part), sequences(test_part),
                               {.seed = options.seed})) {
    if (data.set->task().kind == TaskKind::kRegression)
      for (size_t row = 0; row + outputs <= baseline.predictions.size(); row += outputs)
        data.transform.Invert(std::span(baseline.predictions).subspan(row, outputs));
    scores::LabelledPredictions labelled = test;
    labelled.predictions = std::move(baseline.predictions);
    predictions.push_back({std::move(baseline.name), std::move(baseline.about), std::move(labelled)});
  }
  return predictions;
}

}  // namespace agront::tasks
