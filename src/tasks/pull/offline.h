// SPDX-License-Identifier: Apache-2.0
// A pull without the network.
#pragma once

#include <string>

#include "agront/pull.h"
#include "base/environment.h"
#include "hub/model_name.h"

namespace agront::pull {

/// Checks the files of a model that is in the cache, each by its name there, which is its checksum, and those of the
/// published model by the ones that are known here. Gives their folder. Throws Error when the model is not there, not
/// all of it, or not as it must be. `variable` is what forbids the network.
std::string CheckCached(const PullOptions& options, const hub::ModelName& name, const std::string& variable,
                        const Environment& environment, Reporter& reporter);

}  // namespace agront::pull
