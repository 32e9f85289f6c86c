// SPDX-License-Identifier: Apache-2.0
// What stands beside the weights in a model's folder.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agront/model_shape.h"
#include "base/output_folder.h"

namespace agront::model {

/// The names of all files that a model's folder of ours may have, weights included.
std::vector<std::string> ModelFolderFiles();

/// Writes config.json, vocab.txt, tokenizer_config.json and special_tokens_map.json. `torch_dtype` is as in config.h.
void WriteModelDescription(const OutputFolder& folder, const ModelShape& shape, std::string_view torch_dtype);

}  // namespace agront::model
