// SPDX-License-Identifier: Apache-2.0
// The files that predict: adapter/ or model/, head/, finetune.json; classifier/ for Hugging Face, where it has such a
// head.
#pragma once

#include <string>

#include "model/checkpoints/checkpoint.h"
#include "tasks/finetune/run/run.h"
#include "tasks/finetune/run/task_data.h"

namespace agront::tasks {

/// Old ones are replaced. `merges`: model/ has the adapter in its weights. Throws Error.
void WriteArtifacts(const RunOptions& options, bool merges, const TaskData& data, model::Checkpoint& base,
                    const TrainedModel& trained, const std::string& folder);

}  // namespace agront::tasks
