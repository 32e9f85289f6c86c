// SPDX-License-Identifier: Apache-2.0
// Weighted sums of the rows of an activation, and the weights that attention gives them:
//
//   pooled[g] = sum over rows r of group g of weights[r] x[r]
//   softmax:    weights[r] = exp(scores[r]) / sum over the group of exp(scores)
//
//   x, grad_x [rows, C]    pooled, grad_pooled [groups, C]    weights, scores and their gradients [rows]
//   offsets [groups + 1]: group g is rows [offsets[g], offsets[g + 1]); the first is 0, the last the number of rows
//
// No result depends on the number of threads. All throw Error when the shapes do not fit.
#pragma once

#include <cstdint>
#include <span>

#include "tensor/matrix.h"

namespace agront::ops {

void PoolingForward(tensor::ConstMatrixView x, std::span<const int64_t> offsets, std::span<const float> weights,
                    tensor::MatrixView pooled);

/// grad_x[r] = weights[r] grad_pooled[g]
void PoolingBackward(tensor::ConstMatrixView grad_pooled, std::span<const int64_t> offsets,
                     std::span<const float> weights, tensor::MatrixView grad_x);

/// grad_weights[r] = x[r] . grad_pooled[g]
void PoolingBackwardWeights(tensor::ConstMatrixView x, tensor::ConstMatrixView grad_pooled,
                            std::span<const int64_t> offsets, std::span<float> grad_weights);

/// `values` are the scores before and the weights after. Large scores do not overflow.
void GroupSoftmaxForward(std::span<const int64_t> offsets, std::span<float> values);

/// `gradient` is that of the weights before and of the scores after: weights (gradient - sum of weights gradient).
void GroupSoftmaxBackward(std::span<const int64_t> offsets, std::span<const float> weights, std::span<float> gradient);

}  // namespace agront::ops
