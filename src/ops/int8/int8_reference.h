// SPDX-License-Identifier: Apache-2.0
// Quantization by its formulas (int8.h), in float64, for tests.
#pragma once

#include <algorithm>
#include <cmath>
#include <span>

#include "ops/int8/int8.h"

namespace agront::ops {

/// Scale and zero point of a row whose values are finite: its range with zero in it has kMostInt8Input steps.
inline RowQuantization RowQuantizationReference(std::span<const float> row) {
  double least = 0, most = 0;
  for (const float value : row) {
    least = std::min(least, static_cast<double>(value));
    most = std::max(most, static_cast<double>(value));
  }
  const double scale = (most - least) / kMostInt8Input;
  return {static_cast<float>(scale), scale > 0 ? static_cast<int32_t>(std::lround(-least / scale)) : 0};
}

/// The scale of an output channel whose weights are finite: the largest absolute value has kMostInt8Weight steps.
inline float WeightScaleReference(std::span<const float> weights) {
  double most = 0;
  for (const float weight : weights) most = std::max(most, std::abs(static_cast<double>(weight)));
  return static_cast<float>(most / kMostInt8Weight);
}

}  // namespace agront::ops
