// SPDX-License-Identifier: Apache-2.0
// From training to a file that every command reads.
#pragma once

#include <map>
#include <string>

#include "model/training/training_parameters.h"

namespace agront::model {

/// As model_hasher.h says: that of a file with these values.
std::string ComputeModelHash(const TrainingParameters& parameters);

/// Writes a model.safetensors in float32 with Hugging Face's names. Adds "format" and the model hash to `metadata`.
/// The file appears whole or not at all. Throws Error when it cannot be written; an old one is replaced.
void WriteTrainedWeights(const TrainingParameters& parameters, const std::string& path,
                         std::map<std::string, std::string> metadata);

}  // namespace agront::model
