// SPDX-License-Identifier: Apache-2.0
// All scores of a set of predictions, as functions of how often each example counts.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "scores/counts.h"
#include "scores/labelled_predictions.h"

namespace agront::scores {

/// Everything that does not depend on the counts (orders, losses, decisions) is computed once, at the start. Missing
/// labels are left out; a probability above 0.5 says yes, the largest says the class (the first of equal ones).
///
///   kBinary               auroc auprc accuracy f1 precision recall mcc log_loss brier ece
///   kMultilabel           the same of each output and their means, but overall accuracy: the share of examples with
///                         every label right, as scikit-learn's accuracy_score; f1_micro, hamming_loss
///   kMulticlass, kToken   accuracy f1 (macro) mcc log_loss brier ece, and of each class against the rest auroc auprc
///                         f1 precision recall; overall auroc and auprc are the means of these
///   kRegression           r2 pearson pearson_squared spearman mse mae, of each output and their means
///
/// A mean is over the outputs where the score is a number (an output whose test labels are all alike has no AUROC).
/// log_loss is in nats, with probabilities kept 2.2e-16 away from 0 and 1; brier is the mean square error of the
/// probability, of several classes the sum over them; ece of several classes is of the class said.
class Scorer {
 public:
  virtual ~Scorer() = default;

  const std::vector<std::string>& overall_names() const { return overall_names_; }
  const std::vector<std::string>& output_names() const { return output_names_; }  ///< empty with a single output
  int64_t outputs() const { return outputs_; }                                    ///< 0 with a single one
  int64_t size() const {
    return static_cast<int64_t>(overall_names_.size()) + outputs_ * static_cast<int64_t>(output_names_.size());
  }

  /// [size()]: those of all outputs together, then those of each output; NaN where one is not defined. Thread safe.
  virtual std::vector<double> Scores(Counts counts) const = 0;

 protected:
  Scorer(std::vector<std::string> overall_names, std::vector<std::string> output_names, int64_t outputs)
      : overall_names_(std::move(overall_names)), output_names_(std::move(output_names)), outputs_(outputs) {}

 private:
  std::vector<std::string> overall_names_, output_names_;
  int64_t outputs_;
};

/// The scorer of predictions that CheckPredictions takes.
std::unique_ptr<Scorer> MakeScorer(const LabelledPredictions& predictions);

/// True for scores that are better when lower: log_loss, brier, ece, hamming_loss, mse, mae.
bool IsLowerBetter(const std::string& name);

/// False for ece: a sum of absolute values in bins grows with the noise in each, which a resample doubles, so that the
/// score itself lies below the percentiles of its resamples.
bool HasIntervals(const std::string& name);

}  // namespace agront::scores
