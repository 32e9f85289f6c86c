// SPDX-License-Identifier: Apache-2.0
// Scores with what they are worth: bootstrap intervals, and the differences of predictors on the same examples.
#pragma once

#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "scores/labelled_predictions.h"

namespace agront::scores {

struct BootstrapOptions {
  int64_t resamples = 1000;  ///< 0: no intervals
  double confidence = 0.95;
  uint64_t seed = 0;
};

/// NaN where something is not defined. low and high are percentiles of the resamples where the score is (Efron, 1979),
/// NaN for scores without intervals (HasIntervals of scorer.h).
struct Score {
  std::string name;
  double value, low, high;

  bool has_interval() const { return std::isfinite(low) && std::isfinite(high); }
};

struct ScoreTable {
  struct OfOutput {
    std::string output;
    std::vector<Score> scores;
  };
  std::vector<Score> overall;
  std::vector<OfOutput> outputs;  ///< empty with a single output
  bool has_intervals = false;

  /// The one of that name; NaN when the task has none.
  Score Find(const std::string& name) const;
};

/// A first predictor's score less another's, each resample drawn once for both (paired bootstrap).
struct Difference {
  std::string name;
  double value, low, high;
  /// Two-sided: twice the share of resamples on the far side of 0, each share (1 + count) / (1 + resamples), at most 1.
  double p_value;
};

struct Evaluation {
  std::vector<ScoreTable> tables;                    ///< of each predictor
  std::vector<std::vector<Difference>> differences;  ///< overall scores of the first less each other predictor's
};

/// Predictors of the same examples in the same order. The same bits for any number of threads. Throws Error when labels
/// differ between predictors, or as CheckPredictions does.
Evaluation Evaluate(const std::vector<LabelledPredictions>& predictors, const BootstrapOptions& options);

/// {"auroc": 0.93, "auroc_low": .., "auroc_high": .., .., "outputs": {"leaf": {..}, ..}}: null where not defined,
/// "_low" and "_high" when the table has intervals, and the score.
nlohmann::ordered_json ToJson(const ScoreTable& table);

/// {"auroc": {"difference": .., "low": .., "high": .., "p_value": ..}, ..}
nlohmann::ordered_json ToJson(const std::vector<Difference>& differences);

}  // namespace agront::scores
