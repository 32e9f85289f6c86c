// SPDX-License-Identifier: Apache-2.0
// The text of --layers.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agront/forward.h"
#include "agront/model_shape.h"

namespace agront::inference {

/// "0,3,last,last:raw" or "all" for a model of `num_layers` layers, without repeats, in the order given.
/// Throws UsageError for a layer that it has not.
std::vector<HiddenLayer> ParseLayers(std::string_view text, int64_t num_layers);

/// Throws UsageError for a layer that a model of this shape has not.
void CheckLayers(const std::vector<HiddenLayer>& layers, const ModelShape& shape);

/// "layer_3", or "layer_40_raw" for the last one before the final LayerNorm.
std::string ArrayName(const HiddenLayer& layer);

}  // namespace agront::inference
