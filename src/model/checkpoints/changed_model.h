// SPDX-License-Identifier: Apache-2.0
// A model with other values for some of its parameters, as a folder of its own.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/output_folder.h"
#include "model/checkpoints/checkpoint.h"

namespace agront::model {

/// Writes model.safetensors in float32, with Hugging Face's names, and the files beside it: `values` by
/// Parameter::name, row by row, and all else as in `base`. Adds "format" and the model hash to `metadata`. Returns the
/// hash (model_hasher.h). Throws Error.
std::string WriteChangedModel(const Checkpoint& base, const std::map<std::string, std::vector<float>>& values,
                              std::map<std::string, std::string> metadata, OutputFolder& folder);

}  // namespace agront::model
