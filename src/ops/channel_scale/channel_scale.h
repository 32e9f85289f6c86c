// SPDX-License-Identifier: Apache-2.0
// A factor for each channel of an activation, as the adapter IA3 has, and its gradients:
//
//   y (+)= x s        grad_x (+)= grad_y s        grad_s += sum over rows of x grad_y
//
//   x, y and their gradients [rows, C]    s, grad_s [C]
#pragma once

#include <span>

#include "ops/linear/linear.h"
#include "tensor/matrix.h"

namespace agront::ops {

/// Scales x, or grad_y. y may be the memory of x. Throws Error when the shapes do not fit.
void ChannelScale(tensor::ConstMatrixView x, std::span<const float> scales, Accumulate accumulate,
                  tensor::MatrixView y);

/// The result does not depend on the number of threads. Throws Error when the shapes do not fit.
void ChannelScaleBackwardScales(tensor::ConstMatrixView x, tensor::ConstMatrixView grad_y,
                                std::span<float> grad_scales);

}  // namespace agront::ops
