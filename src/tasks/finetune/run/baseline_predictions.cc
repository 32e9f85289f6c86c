// SPDX-License-Identifier: Apache-2.0
#include "tasks/finetune/run/baseline_predictions.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <span>

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

baselines::LabelledSequences TokensOf(const TaskData& data, LongSequences long_sequences,
                                      const std::vector<int64_t>& part, int64_t max_tokens) {
  const data::LabelledSet& set = *data.set;
  const auto tokens = std::make_shared<std::vector<Token>>();
  baselines::LabelledSequences sequences;
  for (const int64_t example : part) {
    const std::string classes = set.BaseClasses(example);
    for (const data::ExampleWindow& window :
         data::CutExample(set.Bases(example), long_sequences, max_tokens, set.place(example))) {
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

/// A straight line goes on beyond what it was fitted to, and its exponential soon beyond every number: no prediction
/// stays above the largest label of its output.
void KeepBelowLabels(const std::vector<double>& labels, size_t outputs, std::vector<double>& predictions) {
  std::vector<double> most(outputs, -std::numeric_limits<double>::infinity());
  for (size_t i = 0; i < labels.size(); ++i)
    if (!std::isnan(labels[i])) most[i % outputs] = std::max(most[i % outputs], labels[i]);
  for (size_t i = 0; i < predictions.size(); ++i) predictions[i] = std::min(predictions[i], most[i % outputs]);
}

}  // namespace

baselines::Baselines DivisionBaselines::Fit(int64_t max_tokens) const {
  const auto& [train_part, valid_part, test_part] = data_.split;
  if (train_part.empty() || valid_part.empty() || test_part.empty()) return {};
  const PredictionTask& task = data_.set->task();
  const auto sequences = [&](const std::vector<int64_t>& part) {
    return task.kind == TaskKind::kToken ? TokensOf(data_, long_sequences_, part, max_tokens)
                                         : SequencesOf(data_, part, LabelSpace::kTransformed);
  };
  const baselines::LabelledSequences train = sequences(train_part);
  baselines::Baselines result =
      baselines::FitBaselines(task, train, sequences(valid_part), sequences(test_part), {.seed = seed_});
  if (task.kind != TaskKind::kRegression) return result;
  const auto outputs = static_cast<size_t>(task.num_outputs());
  for (baselines::Baseline& baseline : result.fitted) {
    if (!data_.transform.is_linear()) KeepBelowLabels(train.labels, outputs, baseline.predictions);
    for (size_t row = 0; row + outputs <= baseline.predictions.size(); row += outputs)
      data_.transform.Invert(std::span(baseline.predictions).subspan(row, outputs));
  }
  return result;
}

std::vector<BaselinePrediction> DivisionBaselines::Predict(int64_t max_tokens,
                                                           const scores::LabelledPredictions& test) {
  if (!fitted_) fitted_ = Fit(max_tokens);
  std::vector<BaselinePrediction> predictions;
  for (const baselines::Baseline& baseline : fitted_->fitted) {
    scores::LabelledPredictions labelled = test;
    labelled.predictions = baseline.predictions;
    predictions.push_back({baseline.name, baseline.about, std::move(labelled)});
  }
  return predictions;
}

}  // namespace agront::tasks
