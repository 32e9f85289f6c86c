// SPDX-License-Identifier: Apache-2.0
// The results of a run: the model, predictions, scores beside those of baselines, the report.
#pragma once

#include <string>

#include "agront/finetune.h"
#include "model/checkpoints/checkpoint.h"
#include "tasks/finetune/run/baseline_predictions.h"
#include "tasks/finetune/run/run.h"
#include "tasks/finetune/run/task_data.h"

namespace agront::tasks {

/// Writes everything that is asked for, metrics.json last. Returns lines with the main scores for the user. Throws
/// Error.
std::string WriteResults(const FinetuneResults& asked, const RunOptions& options, const TaskData& data,
                         model::Checkpoint& base, const RunOutcome& outcome, DivisionBaselines& baselines,
                         const std::string& folder);

}  // namespace agront::tasks
