// SPDX-License-Identifier: Apache-2.0
// The number format in which matrix products are computed.
#pragma once

namespace agront {

enum class Precision {
  kFp32,
  kBf16,  ///< weights and the activations that meet them rounded to bfloat16, sums in float32: half the memory. Without
          ///< bf16 instructions only the weights are rounded
};

}  // namespace agront
