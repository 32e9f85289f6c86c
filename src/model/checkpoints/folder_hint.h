// SPDX-License-Identifier: Apache-2.0
// Hints for a folder that is no model, or no adapter: the one that may be meant.
#pragma once

#include <string>

namespace agront::model {

/// Ends a message about `folder`: the model or the adapter in it, as pretraining, fine-tuning and the cache of the hub
/// leave them, or the fine-tuned model that it is a part of; for a file, the folder that it is in. "" where there is
/// none. Looks at names only.
std::string HintAtModel(const std::string& folder);

/// The same about what was given as an adapter.
std::string HintAtAdapter(const std::string& folder);

}  // namespace agront::model
