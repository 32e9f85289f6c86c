// SPDX-License-Identifier: Apache-2.0
// The report of a run: report.html.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/checkpoints/checkpoint.h"
#include "scores/evaluation.h"
#include "tasks/finetune/run/baseline_predictions.h"
#include "tasks/finetune/run/run.h"
#include "tasks/finetune/run/task_data.h"

namespace agront::tasks {

/// Scores on one scale of the labels.
struct ScaleScores {
  scores::Evaluation test;   ///< of the model, then of the baselines; empty without test examples
  scores::ScoreTable valid;  ///< of the model
};

struct TestResults {
  std::string note;                    ///< that the base is an example; empty: it is not
  scores::BootstrapOptions bootstrap;  ///< of the intervals
  std::vector<BaselinePrediction> baselines;
  std::vector<std::string> left_out;   ///< sentences about baselines that there are not
  ScaleScores given;                   ///< in the units of the labels
  std::optional<ScaleScores> learned;  ///< as --transform made them, unless that only shifts and scales
};

void WriteRunReport(const RunOptions& options, const TaskData& data, const model::Checkpoint& base,
                    const RunOutcome& outcome, const TestResults& results, const std::string& folder);

}  // namespace agront::tasks
