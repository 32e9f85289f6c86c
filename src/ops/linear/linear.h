// SPDX-License-Identifier: Apache-2.0
// The products of a linear layer in training, y = x W^T + b:
//
//   grad_x (+)= grad_y W        grad_W += grad_y^T x        grad_b += column sums of grad_y
//
//   x, grad_x [rows, in]    y, grad_y [rows, out]    W, grad_W [out, in]    b, grad_b [out]    all row by row
//
// Weights change with every step, so nothing is kept: each product packs its right side into scratch (matmul's panels,
// on every processor). Weights that do not change may be bfloat16 or int8: they are widened while they are packed, and
// the products are the same. Nothing needs PaddedRows, and no result depends on the number of threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "ops/matmul/epilogue.h"
#include "ops/matmul/weight_views.h"
#include "tensor/matrix.h"

namespace agront::ops {

/// Memory for the packed side of a product; grows to the largest and stays.
class PanelScratch {
 public:
  std::span<float> Room(size_t count) {
    if (buffer_.size() < count) buffer_ = {};  // first, so that never both are there
    if (buffer_.size() < count) buffer_ = tensor::AlignedBuffer<float>(count);
    return {buffer_.data(), count};
  }

 private:
  tensor::AlignedBuffer<float> buffer_;
};

/// What becomes of the old values of a result.
enum class Accumulate { kReplace, kAdd };

// All throw Error when the shapes do not fit. Results may not overlap inputs.

/// `bias` may be empty.
void LinearForward(tensor::ConstMatrixView x, const RowMajorWeights& weights, std::span<const float> bias,
                   Epilogue epilogue, PanelScratch& scratch, tensor::MatrixView y);

void LinearBackwardInput(tensor::ConstMatrixView grad_y, const RowMajorWeights& weights, Accumulate accumulate,
                         PanelScratch& scratch, tensor::MatrixView grad_x);

void LinearBackwardWeights(tensor::ConstMatrixView x, tensor::ConstMatrixView grad_y, PanelScratch& scratch,
                           tensor::MatrixView grad_weights);

void LinearBackwardBias(tensor::ConstMatrixView grad_y, std::span<float> grad_bias);

}  // namespace agront::ops
