// SPDX-License-Identifier: Apache-2.0
#include "scores/scorer.h"

#include <algorithm>
#include <array>

#include "base/error.h"
#include "scores/class_scorer.h"
#include "scores/mean_of_outputs.h"
#include "scores/regression.h"
#include "scores/yes_no_scorer.h"

namespace agront::scores {
namespace {

const std::vector<std::string> kNumberNames = {"r2", "pearson", "pearson_squared", "spearman", "mse", "mae"};

class NumberScorer final : public Scorer {
 public:
  explicit NumberScorer(const LabelledPredictions& predictions)
      : Scorer(kNumberNames, kNumberNames, predictions.task.num_outputs() > 1 ? predictions.task.num_outputs() : 0) {
    for (int64_t output = 0; output < predictions.task.num_outputs(); ++output)
      columns_.emplace_back(LabelColumn(predictions, output), PredictionColumn(predictions, output));
  }

  std::vector<double> Scores(Counts counts) const override {
    std::vector<double> of_outputs;
    for (const NumberPairs& column : columns_) {
      const NumberScores of = column.Scores(counts);
      of_outputs.insert(of_outputs.end(), {of.r2, of.pearson, of.pearson * of.pearson, of.spearman, of.mse, of.mae});
    }
    if (outputs() == 0) return of_outputs;
    std::vector<double> scores;
    for (size_t i = 0; i < kNumberNames.size(); ++i)
      scores.push_back(MeanOfOutputs(of_outputs, i, kNumberNames.size()));
    scores.insert(scores.end(), of_outputs.begin(), of_outputs.end());
    return scores;
  }

 private:
  std::vector<NumberPairs> columns_;
};

}  // namespace

std::unique_ptr<Scorer> MakeScorer(const LabelledPredictions& predictions) {
  switch (predictions.task.kind) {
    case TaskKind::kBinary: return MakeBinaryScorer(predictions);
    case TaskKind::kMultilabel: return MakeMultilabelScorer(predictions);
    case TaskKind::kMulticlass:
    case TaskKind::kToken: return MakeClassScorer(predictions);
    case TaskKind::kRegression: return std::make_unique<NumberScorer>(predictions);
  }
  Fail("scores: unknown kind of task {}", static_cast<int>(predictions.task.kind));
}

bool IsLowerBetter(const std::string& name) {
  constexpr std::array kErrors = {"log_loss", "brier", "ece", "hamming_loss", "mse", "mae"};
  return std::ranges::find(kErrors, name) != kErrors.end();
}

bool HasIntervals(const std::string& name) { return name != "ece"; }

}  // namespace agront::scores
