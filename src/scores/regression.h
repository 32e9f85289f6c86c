// SPDX-License-Identifier: Apache-2.0
// Scores of predicted numbers.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "scores/counts.h"

namespace agront::scores {

struct NumberScores {
  /// 1 - squared errors / squared distances from the mean: scikit-learn's r2_score, which may be below 0. With constant
  /// labels 1 when all predictions are equal to them, else 0; NaN for less than two examples.
  double r2;
  double pearson;   ///< NaN when labels or predictions are constant: SciPy's pearsonr
  double spearman;  ///< Pearson's of the ranks, ties with the mean of theirs: SciPy's spearmanr
  double mse;
  double mae;
};

/// Labels beside predictions, in order. Sorted once, so that each resample is a few passes.
class NumberPairs {
 public:
  /// Where a label is NaN the example is left out.
  NumberPairs(std::span<const double> labels, std::span<const double> predictions);

  NumberScores Scores(Counts counts) const;

 private:
  struct Pair {
    uint32_t example;
    double label, prediction;
  };
  /// An example in the order of labels or predictions.
  struct Place {
    uint32_t example;
    uint32_t by_label;  // its place in the order of labels
    bool ends_tie;      // the next one has a larger value
  };
  double RankCorrelation(Counts counts, double total) const;

  std::vector<Pair> pairs_;  // in the order of labels
  std::vector<Place> label_order_, prediction_order_;
};

}  // namespace agront::scores
