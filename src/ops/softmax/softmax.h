// SPDX-License-Identifier: Apache-2.0
// Softmax of each row: y = exp(x - max) / sum, x and y [rows, V], may be the same memory.
#pragma once

#include "tensor/matrix.h"

namespace agront::ops {

/// Throws Error when the shapes differ.
void SoftmaxForward(tensor::ConstMatrixView x, tensor::MatrixView y);

}  // namespace agront::ops
