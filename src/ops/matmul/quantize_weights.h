// SPDX-License-Identifier: Apache-2.0
// Float weights to the 8-bit ones of ops/int8.
#pragma once

#include "ops/matmul/weight_views.h"

namespace agront::ops {

struct QuantizedWeights {
  Int8WeightView view;
  double relative_error = 0;  ///< || W - its 8-bit form || / || W ||, Frobenius norms
};

/// One scale for each output channel, by all threads. Weights that are not finite make their channel's scale NaN.
QuantizedWeights Quantize(const WeightView& weights);

/// A matrix that loses more stays wider. Trained and random matrices lose 0.015 to 0.018; those with a few large
/// weights among many small ones, as heads that copy their neighbours have, lose 0.08 and with it a model's accuracy.
inline constexpr double kMostInt8Error = 0.04;

}  // namespace agront::ops
