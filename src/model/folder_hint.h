// SPDX-License-Identifier: Apache-2.0
// What to give in the place of a folder that is no model.
#pragma once

#include <string>

namespace agront::model {

/// Ends a message about `folder`: the model or the adapter that it has inside, as a fine-tuning leaves them. "" where
/// there is none.
std::string HintAtModelIn(const std::string& folder);

}  // namespace agront::model
