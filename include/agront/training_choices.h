// SPDX-License-Identifier: Apache-2.0
// Options that pretraining and fine-tuning share.
#pragma once

namespace agront {

/// How the learning rate falls after warm-up.
enum class Decay {
  kNone,
  kSquareRoot,  ///< peak sqrt(warmup / t): what the sibling models of AgroNT use
  kCosine,      ///< peak to final along half a cosine
  kLinear,      ///< peak to final in a straight line
};

/// Whether the backward pass recomputes activations, and the forward pass does not keep them. Gradients are the
/// same bit for bit.
enum class Recompute {
  kAuto,  ///< if memory is short
  kOn,
  kOff,
};

}  // namespace agront
