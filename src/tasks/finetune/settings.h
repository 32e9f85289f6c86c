// SPDX-License-Identifier: Apache-2.0
// The options of fine-tuning, checked and with the defaults of the method filled in.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "agront/finetune.h"
#include "agront/forward.h"
#include "agront/model_shape.h"
#include "model/adapter.h"
#include "model/task_head.h"
#include "training/fine_tuning/task_trainer.h"

namespace agront::tasks {

/// "probe", "centre", ...: as on the command line. model/task_head.h has the words of tasks, heads and poolings.
std::string NameOf(FinetuneMethod method);

/// Throws UsageError for numbers out of range, unknown words and options that do not go together.
void CheckOptions(const FinetuneOptions& options);

/// The adapter of the method; kNone for probe and full.
model::AdapterConfig AdapterOf(const FinetuneOptions& options);

/// Whether a head sees one vector an example, which a frozen model can give once for all: the pooling has nothing to
/// learn.
bool HasPooledStates(HeadPooling pooling);

model::TaskHeadConfig HeadOf(const FinetuneOptions& options, const PredictionTask& task);

/// The layers that a probe looks at. Throws UsageError for one that the model does not have.
std::vector<HiddenLayer> ProbeLayers(const FinetuneOptions& options, const ModelShape& shape);

/// Of a run of `steps` updates.
training::TaskTrainerSettings TrainerSettingsOf(const FinetuneOptions& options, int64_t steps);

/// By the names of the command line: for the report, and to see whether a run goes on with what it began with.
nlohmann::ordered_json Describe(const FinetuneOptions& options);

}  // namespace agront::tasks
