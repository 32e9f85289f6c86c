// SPDX-License-Identifier: Apache-2.0
// Layer normalisation of each row:
//
//   y = (x - mean(x)) / sqrt(var(x) + epsilon) * scale + offset,   var with the divisor C
//
//   x, y [rows, C]    may be the same memory
//   scale, offset [C]
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "tensor/matrix.h"

namespace agront::ops {

/// `row_done(i)`, if given, is called when row i of y is there, by the thread that made it: what needs the row next
/// finds it in that thread's cache. Throws Error when the shapes do not fit.
void LayerNormForward(tensor::ConstMatrixView x, std::span<const float> scale, std::span<const float> offset,
                      float epsilon, tensor::MatrixView y, const std::function<void(int64_t)>& row_done = {});

/// The gradients that LayerNormBackward adds to. One that is not wanted is an empty span, or a grad_x without data.
struct LayerNormGradients {
  tensor::MatrixView grad_x;     ///< [rows, C]
  std::span<float> grad_scale;   ///< [C]
  std::span<float> grad_offset;  ///< [C]
};

/// Adds to the gradients, with n = (x - mean(x)) / sqrt(var(x) + epsilon) and g = grad_y scale:
///
///   grad_x += (g - mean(g) - n mean(g n)) / sqrt(var(x) + epsilon)
///   grad_scale += sum over rows of grad_y n,   grad_offset += sum over rows of grad_y
///
/// Mean and variance are recomputed. grad_y may not be the memory of grad_x. Results do not depend on the number of
/// threads. Throws Error when the shapes do not fit.
void LayerNormBackward(tensor::ConstMatrixView x, std::span<const float> scale, float epsilon,
                       tensor::ConstMatrixView grad_y, const LayerNormGradients& gradients);

}  // namespace agront::ops
