// SPDX-License-Identifier: Apache-2.0
// The products of a linear layer in training, y = x W^T + b:
//
//   grad_x (+)= grad_y W        grad_W += grad_y^T x        grad_b += column sums of grad_y
//
//   x, grad_x [rows, in]    y, grad_y [rows, out]    W, grad_W [out, in]    b, grad_b [out]    all row by row
//
// Weights change with every step, so nothing is kept. In float32 each product packs its right side into scratch
// (matmul's panels, on every processor). Weights that do not change may be bfloat16 or int8: they are widened while
// they are packed, and the products are the same. Nothing needs PaddedRows, and no result depends on the number of
// threads.
//
// In bfloat16 (mixed precision) both sides are rounded as they are copied, sums and results are float32. The last bits
// of oneDNN's products may depend on the number of threads (Bf16Product). int8 weights are multiplied in float32 there,
// too.
#pragma once

#include <cstdint>
#include <span>

#include "ops/linear/linear_scratch.h"
#include "ops/matmul/epilogue.h"
#include "ops/matmul/weight_views.h"
#include "tensor/matrix.h"

namespace agront::ops {

/// Whether a result is added to its old values.
enum class Accumulate { kReplace, kAdd };

// All throw Error when the shapes do not fit. Results may not overlap inputs.

/// `bias` may be empty.
void LinearForward(tensor::ConstMatrixView x, const RowMajorWeights& weights, std::span<const float> bias,
                   Epilogue epilogue, LinearScratch& scratch, tensor::MatrixView y);

void LinearBackwardInput(tensor::ConstMatrixView grad_y, const RowMajorWeights& weights, Accumulate accumulate,
                         LinearScratch& scratch, tensor::MatrixView grad_x);

void LinearBackwardWeights(tensor::ConstMatrixView x, tensor::ConstMatrixView grad_y, LinearScratch& scratch,
                           tensor::MatrixView grad_weights);

void LinearBackwardBias(tensor::ConstMatrixView grad_y, std::span<float> grad_bias);

}  // namespace agront::ops
