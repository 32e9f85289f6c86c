// SPDX-License-Identifier: Apache-2.0
// The options of fine-tuning, checked and with the defaults of the method filled in.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "agront/finetune.h"
#include "model/heads/task_head.h"
#include "model/parameters/adapter.h"
#include "training/trainer.h"

namespace agront::tasks {

/// "probe", "centre", ...: as on the command line. model/heads/task_head.h has the words of tasks, heads and poolings.
std::string NameOf(FinetuneMethod method);

/// With the pooling and the learning rate that are the defaults of the task and the method. Throws UsageError for
/// numbers out of range and options that do not go together.
FinetuneOptions Settled(FinetuneOptions options);

/// The adapter of the method; kNone for probe and full.
model::AdapterConfig AdapterOf(const FinetuneModel& asked);

/// Whether a head sees one vector an example, which a frozen model can give once for all: the pooling has nothing to
/// learn.
bool HasPooledStates(HeadPooling pooling);

/// The head that settled options ask for.
model::TaskHeadConfig HeadOf(const FinetuneModel& asked, const PredictionTask& task);

/// Settings for a run of `steps` updates with settled options.
training::TrainerSettings TrainerSettingsOf(const FinetuneTraining& training, int64_t steps);

/// Settled options by the names of the command line: for the report, and to see whether a run goes on with what it
/// began with.
nlohmann::ordered_json Describe(const FinetuneOptions& options);

}  // namespace agront::tasks
