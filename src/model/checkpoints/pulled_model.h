// SPDX-License-Identifier: Apache-2.0
// Models by their names, from what `agront pull` or Hugging Face's own programs have fetched. The network is not asked.
#pragma once

#include <string>

#include "base/environment.h"

namespace agront::model {

/// The folder of a model's files in the hub's cache, for a name such as agront-1b or ORG/NAME@REVISION
/// (hub/model_name.h); `name` itself where that is a file or folder, or no such name, or one that is not in the cache.
std::string FolderOfModel(const std::string& name, const Environment& environment = ProcessVariable);

/// Throws Error about a model that is neither a folder nor in the cache: what names may be, and the command that would
/// fetch it.
[[noreturn]] void FailWithoutModel(const std::string& name, const Environment& environment = ProcessVariable);

}  // namespace agront::model
