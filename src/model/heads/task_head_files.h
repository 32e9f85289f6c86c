// SPDX-License-Identifier: Apache-2.0
// Heads of tasks in folders: head.json, which says what the head is, and head.safetensors.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/output_folder.h"
#include "model/checkpoints/checkpoint.h"
#include "model/checkpoints/model_identity.h"
#include "model/heads/task_head.h"

namespace agront::model {

/// Throws Error when the folder is no head, its settings make no sense, tensors are missing, of another shape or not
/// finite, or it records another base model than `base`.
TaskHead ReadTaskHead(const std::string& folder, const Checkpoint& base);

/// Whether it is the name of a file that a head's folder of ours has.
bool IsTaskHeadFile(std::string_view name);

/// Writes both files. `metadata` is written beside the tensors, with the keys of the base model. Throws Error when
/// values are missing.
void WriteTaskHead(const TaskHead& head, const ModelShape& shape, const ModelIdentity& base,
                   const std::map<std::string, std::string>& metadata, OutputFolder& folder);

}  // namespace agront::model
