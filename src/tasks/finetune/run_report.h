// SPDX-License-Identifier: Apache-2.0
// The report of a run: report.html.
#pragma once

#include <string>
#include <vector>

#include "agront/finetune.h"
#include "model/checkpoint.h"
#include "scores/evaluation.h"
#include "tasks/finetune/baseline_predictions.h"
#include "tasks/finetune/run.h"
#include "tasks/finetune/task_data.h"

namespace agront::tasks {

struct TestResults {
  std::vector<BaselinePrediction> baselines;
  scores::Evaluation test;   ///< of the model, then of the baselines; empty without test examples
  scores::ScoreTable valid;  ///< of the model
};

void WriteRunReport(const FinetuneOptions& options, const TaskData& data, const model::Checkpoint& base,
                    const RunOutcome& outcome, const TestResults& results, const std::string& folder);

}  // namespace agront::tasks
