// SPDX-License-Identifier: Apache-2.0
// A record of the data and options that a run began with, so that it goes on with no others.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "tasks/finetune/run/task_data.h"
#include "training/run_folder.h"

namespace agront::tasks {

/// SHA-256 over ids, bases and labels of the examples and the part that each is in.
std::string HashOf(const TaskData& data);

/// `asked`: settings.h, Describe. Writes config.json in a new folder, or in one where nothing was trained yet; else
/// compares with what the run began with. Throws Error when they differ: the key, what was, what is now. Runs of 0.1
/// recorded fewer keys.
void RecordOrCompare(const training::RunFolder& folder, const nlohmann::ordered_json& asked,
                     const std::string& model_hash, const TaskData& data);

/// Compares with a finished run; throws Error when there is nothing to compare with, too.
void CompareFinished(const std::string& run_folder, const nlohmann::ordered_json& asked, const std::string& model_hash,
                     const TaskData& data);

/// Compares alone; nothing to compare with is nothing to say.
void CompareWithRecord(const std::string& run_folder, const nlohmann::ordered_json& asked,
                       const std::string& model_hash, const TaskData& data);

/// Whether version 0.1 began the run: in a binary task of words, it took the second in alphabetical order for 1.
bool IsRunOf01(const std::string& run_folder);

}  // namespace agront::tasks
