// SPDX-License-Identifier: Apache-2.0
// Scores of predictions by their order alone, for a label that is yes or no.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "scores/counts.h"

namespace agront::scores {

struct RankingScores {
  /// Probability that an example with the label is predicted above one without, ties counted half; the area under the
  /// ROC curve (scikit-learn's roc_auc_score). NaN when one of the two kinds is not there.
  double auroc;
  /// Average precision: the sum over thresholds of precision times the step in recall, without interpolation
  /// (scikit-learn's average_precision_score). 0 when no example has the label, as there; NaN without examples.
  double auprc;
};

/// A point for each threshold, from the highest.
struct ThresholdCurve {
  std::vector<double> x, y;
  std::vector<double> thresholds;
};

/// Examples in falling order of their predictions. Sorted once, so that each resample is a single pass.
class Ranking {
 public:
  /// An example counts as positive where its label is `positive`; where it is NaN, it is left out.
  Ranking(std::span<const double> labels, std::span<const double> predictions, double positive = 1);

  RankingScores Scores(Counts counts) const;

  /// False positive rate and true positive rate: scikit-learn's roc_curve, from (0, 0), without the points between the
  /// ends of straight lines. Rates are NaN where there is nothing to divide by.
  ThresholdCurve Roc() const;

  /// Recall and precision: scikit-learn's precision_recall_curve in reverse, from (0, 1).
  ThresholdCurve PrecisionRecall() const;

 private:
  struct Place {
    uint32_t example;
    bool is_positive;
    bool ends_tie;  // the next one has a lower prediction
  };
  struct Cumulative {
    double true_positives, false_positives, threshold;
  };
  std::vector<Cumulative> CumulativeCounts() const;

  std::vector<Place> places_;
  std::vector<double> thresholds_;  // of each place
};

}  // namespace agront::scores
