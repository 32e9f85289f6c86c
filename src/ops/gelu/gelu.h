// SPDX-License-Identifier: Apache-2.0
// gelu(x) = x (1 + erf(x / sqrt 2)) / 2 of each value, where it is not done with a product (Epilogue::kGelu), and its
// gradient:
//
//   grad_x = grad_y gelu'(x),   gelu'(x) = (1 + erf(x / sqrt 2)) / 2 + x exp(-x^2 / 2) / sqrt(2 pi)
#pragma once

#include <span>

namespace agront::ops {

/// y may be the memory of x. Throws Error when the sizes differ.
void GeluForward(std::span<const float> x, std::span<float> y);

/// `gradient` is grad_y before and grad_x after. Throws Error when the sizes differ.
void GeluBackward(std::span<const float> x, std::span<float> gradient);

}  // namespace agront::ops
