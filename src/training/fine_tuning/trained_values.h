// SPDX-License-Identifier: Apache-2.0
// The parameters in training alone, in a safetensors file by our names: all that an adapter's run has to keep.
#pragma once

#include <string>

#include "model/training/training_parameters.h"
#include "ranks/communicator.h"

namespace agront::training {

/// The file appears whole or not at all; an old one is replaced. Throws Error when it cannot be written.
void WriteTrainedValues(const std::string& path, const model::TrainingParameters& parameters);

/// Rank 0 reads, all ranks have the values afterwards. Throws Error when names or sizes are not those of the
/// parameters.
void ReadTrainedValues(const std::string& path, model::TrainingParameters& parameters, ranks::Communicator& ranks);

}  // namespace agront::training
