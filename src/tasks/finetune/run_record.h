// SPDX-License-Identifier: Apache-2.0
// What a run began with, so that it goes on with nothing else.
#pragma once

#include <string>

#include "agront/finetune.h"
#include "tasks/finetune/task_data.h"
#include "training/run_folder.h"

namespace agront::tasks {

/// SHA-256 over ids, bases and labels of the examples and the part that each is in.
std::string HashOf(const TaskData& data);

/// Writes config.json in a new folder, or compares with that of an old one. Throws Error when they differ: the key,
/// what the run began with, what it is now.
void RecordOrCompare(const training::RunFolder& folder, const FinetuneOptions& options, const std::string& model_hash,
                     const TaskData& data);

/// The same of a finished run, by its options alone. Nothing to compare with is nothing to say.
void CompareOptions(const std::string& run_folder, const FinetuneOptions& options);

}  // namespace agront::tasks
