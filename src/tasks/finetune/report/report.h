// SPDX-License-Identifier: Apache-2.0
// The page of a fine-tuned model: whether to believe it, in pictures and numbers.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "plot/line_chart.h"
#include "scores/evaluation.h"
#include "scores/labelled_predictions.h"
#include "tasks/finetune/report/split_summary.h"

namespace agront::tasks {

/// A line of a table: what, and how much.
struct ReportFact {
  std::string name, value;
};

struct FineTuneReport {
  std::string title;  ///< "Promoter strength in tobacco leaves"
  std::string about;  ///< a sentence: model, method, data
  PredictionTask task;
  std::vector<SplitSummary> splits;
  std::vector<std::string> warnings;  ///< leakage, confounders: sentences that stand before the results
  std::vector<ReportFact> data;       ///< files, how they were split, duplicates found
  std::vector<ReportFact> method;     ///< method, hyperparameters, seed, time

  // Learning curves; those without points are left out.
  plot::Curve train_loss;  ///< by step
  plot::Curve valid_loss;  ///< by step
  std::string train_loss_unit = "loss";
  int64_t kept_update = 0;  ///< whose values the model has

  /// The examples that the scores are of: "test", or "validation" where there is no test set.
  std::string part = "test";

  /// The predictors that are compared on the same examples: the model first, then baselines.
  struct Predictor {
    std::string name;   ///< "model", "k-mers"
    std::string about;  ///< "5-mers of both strands, ridge regression"
  };
  std::vector<Predictor> predictors;
  std::vector<std::string> left_out;                     ///< sentences about baselines that there are not
  std::vector<scores::LabelledPredictions> predictions;  ///< of each predictor
  scores::Evaluation evaluation;                         ///< scores::Evaluate(predictions); empty: nothing was scored
  scores::BootstrapOptions bootstrap;

  /// The same on the scale that was learned, where --transform bent it: then verdict, figures and differences are of
  /// this one. Empty: `predictions` are what was learned.
  struct LearnedScale {
    std::string transform;  ///< "log1p,standardize"
    bool is_log1p = false;  ///< so that figures have the numbers as given, on logarithmic axes
    std::vector<scores::LabelledPredictions> predictions;
    scores::Evaluation evaluation;
  };
  std::optional<LearnedScale> learned;

  /// The bases of a scored example, for the table of worst errors; empty when they are not at hand.
  std::function<std::string(int64_t example)> bases;
};

/// The score that stands for a task: auroc (binary, multi-label), mcc (classes), r2.
std::string HeadlineScore(const PredictionTask& task);

/// An HTML page that needs no other file. Without an evaluation it has the data, the method and how the loss fell.
std::string FineTuneReportPage(const FineTuneReport& report);

}  // namespace agront::tasks
