// SPDX-License-Identifier: Apache-2.0
// The parameters of a model as its programs take them: those of all layers in one stack, padded with zeros.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "agront/precision.h"
#include "nn/parameter_source.h"
#include "stablehlo/builder.h"
#include "xla/device_shape.h"

namespace agront::xla {

/// One dimension of a parameter: `groups` parts of `size` values, each with room for `padded`.
struct Axis {
  int64_t groups = 1;
  int64_t size = 0;
  int64_t padded = 0;

  int64_t values() const { return groups * size; }
  int64_t room() const { return groups * padded; }
};

struct DeviceParameter {
  std::string name;        ///< as model/parameters/parameters.h has it, without the number of the block:
                           ///< "encoder.block.ffn.norm.scale"
  std::vector<Axis> axes;  ///< one of a vector, two of a matrix [out, in]
  int64_t layers = 0;      ///< of the stack; 0: none
  stablehlo::Element element = stablehlo::Element::kF32;

  stablehlo::Type type() const;  ///< [layers, out, in]
  int64_t values() const;        ///< with the padding
  /// The parameter of a layer, from 0, in a source.
  std::string NameOf(int64_t layer) const;
};

/// In the order in which programs take them: the tables, the blocks, the final LayerNorm.
std::vector<DeviceParameter> EncoderParameters(const DeviceShape& shape, Precision precision);

/// The final LayerNorm and the language-model head.
std::vector<DeviceParameter> HeadParameters(const DeviceShape& shape, Precision precision);

/// The LayerNorm before attention, and the products of queries and keys: what attention maps are made with.
std::vector<DeviceParameter> MapParameters(const DeviceShape& shape, Precision precision);

/// All values of a parameter, as bytes of its element, read from `source` layer by layer.
std::vector<std::byte> ReadParameter(const DeviceParameter& parameter, nn::ParameterSource& source);

}  // namespace agront::xla
