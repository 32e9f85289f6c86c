// SPDX-License-Identifier: Apache-2.0
// The files that predict: adapter/ or model/, head/, finetune.json; classifier/ for Hugging Face, where it has such a
// head.
#pragma once

#include <string>

#include "agront/finetune.h"
#include "model/checkpoint.h"
#include "tasks/finetune/run.h"
#include "tasks/finetune/task_data.h"

namespace agront::tasks {

/// Old ones are replaced. Throws Error.
void WriteArtifacts(const FinetuneOptions& options, const TaskData& data, model::Checkpoint& base,
                    const TrainedModel& trained, const std::string& folder);

}  // namespace agront::tasks
