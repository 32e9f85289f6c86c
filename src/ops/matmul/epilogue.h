// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace agront::ops {

/// The operation after a product and its bias.
enum class Epilogue {
  kNone,  ///< y  = x W^T + b
  kGelu,  ///< y  = gelu(x W^T + b), gelu(v) = v (1 + erf(v / sqrt 2)) / 2
  kAdd,   ///< y += x W^T + b, the residual connection
};

}  // namespace agront::ops
