// SPDX-License-Identifier: Apache-2.0
// How fast devices multiply, and how much a pass through a model multiplies: what a benchmark sets side by side.
#pragma once

#include <cstdint>

#include "agront/model_shape.h"
#include "agront/precision.h"
#include "device/xla/open_device.h"

namespace agront::xla {

/// Operations a second of all devices together, in the product of the model's feed-forward, alone, for `rows` tokens on
/// each. Throws Error, or DeviceFull.
double MeasureProductRate(const device::xla::Device& device, const ModelShape& shape, Precision precision,
                          int64_t rows);

/// Operations of the products of a pass through all blocks, for `sequences` of `tokens` each; attention's among them.
double OperationsOfPass(const ModelShape& shape, int64_t sequences, int64_t tokens);

}  // namespace agront::xla
