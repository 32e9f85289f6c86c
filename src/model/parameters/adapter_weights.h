// SPDX-License-Identifier: Apache-2.0
// A trained adapter, and what it makes of the weights of a model: a model with an adapter is a plain model with other
// weights, so the engine runs it unchanged, in any precision.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "model/parameters/adapter.h"
#include "ops/matmul/weight_views.h"

namespace agront::model {

struct Adapter {
  AdapterConfig config;
  /// By Parameter::name, row by row, with the sizes of AdapterParameters. A module without values stays as it is.
  std::map<std::string, std::vector<float>> values;
};

/// Whether the parameter of the model ("encoder.block.3.attention.query.weight") is not what it is without it.
bool Changes(const Adapter& adapter, const std::string& parameter);

/// A weight matrix, or a vector as [1, size], with the adapter in it: W + alpha / rank B A for LoRA; for IA3 the rows
/// and the bias scaled, or the columns where it scales the input. A parameter that changes gets memory of its own.
ops::WeightView Adapted(const Adapter& adapter, const std::string& parameter, const ops::WeightView& view);

/// SHA-256 of the settings and the values.
std::string HashOf(const Adapter& adapter);

}  // namespace agront::model
