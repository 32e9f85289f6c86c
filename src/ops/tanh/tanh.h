// SPDX-License-Identifier: Apache-2.0
// tanh of each value, and its gradient from the result: grad_x = grad_y (1 - y^2).
#pragma once

#include <span>

namespace agront::ops {

/// y may be the memory of x. Throws Error when the sizes differ.
void TanhForward(std::span<const float> x, std::span<float> y);

/// `gradient` is grad_y before and grad_x after. Throws Error when the sizes differ.
void TanhBackward(std::span<const float> y, std::span<float> gradient);

}  // namespace agront::ops
