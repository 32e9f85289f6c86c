// SPDX-License-Identifier: Apache-2.0
// The files beside the weights in a model's folder.
#pragma once

#include <string>
#include <string_view>

#include "agront/model_shape.h"
#include "base/output_folder.h"

namespace agront::model {

/// Whether it is the name of a file that a model's folder of ours may have, weights included.
bool IsModelFile(std::string_view name);

/// Writes config.json, vocab.txt, tokenizer_config.json and special_tokens_map.json. `torch_dtype` is as in config.h.
void WriteModelDescription(OutputFolder& folder, const ModelShape& shape, std::string_view torch_dtype);

/// The same files with another text of config.json.
void WriteConfigAndVocabulary(OutputFolder& folder, const ModelShape& shape, const std::string& config);

}  // namespace agront::model
