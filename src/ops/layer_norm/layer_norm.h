// SPDX-License-Identifier: Apache-2.0
// Layer normalisation of each row:
//
//   y = (x - mean(x)) / sqrt(var(x) + epsilon) * scale + offset,   var with the divisor C
//
//   x, y [rows, C]    may be the same memory
//   scale, offset [C]
#pragma once

#include <span>

#include "tensor/matrix.h"

namespace agront::ops {

/// Throws Error when the shapes do not fit.
void LayerNormForward(tensor::ConstMatrixView x, std::span<const float> scale, std::span<const float> offset,
                      float epsilon, tensor::MatrixView y);

}  // namespace agront::ops
