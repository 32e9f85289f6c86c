// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace agront::ops {

/// The operation after a product and its bias.
enum class Epilogue {
  kNone,  ///< y  = x W^T + b
  kGelu,  ///< y  = gelu(x W^T + b), gelu(v) = v (1 + erf(v / sqrt 2)) / 2
  kAdd,   ///< y += x W^T + b, the residual connection
};

/// Products of inputs in lines (InputFormat) compute gelu(v) to this part of v, which is far below the rounding of
/// their numbers; others to the rounding of float32.
inline constexpr double kGeluErrorOfLines = 1.2e-5;

}  // namespace agront::ops
