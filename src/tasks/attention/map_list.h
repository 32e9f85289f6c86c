// SPDX-License-Identifier: Apache-2.0
// The text of --maps.
#pragma once

#include <string_view>
#include <vector>

#include "agront/forward.h"
#include "agront/model_shape.h"

namespace agront::tasks {

/// "3:4,1:0", layer:head, without repeats, for sequence 0. Throws UsageError for other text; whether the model has
/// such a layer and head is for the forward pass to say.
std::vector<AttentionMap> ParseMaps(std::string_view text);

/// Throws UsageError for a layer or head that the model does not have.
void CheckMaps(const std::vector<AttentionMap>& maps, const ModelShape& shape);

}  // namespace agront::tasks
