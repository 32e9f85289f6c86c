// SPDX-License-Identifier: Apache-2.0
// The number format in which the matrix products of the blocks are computed.
#pragma once

#include <optional>

namespace agront {

enum class Precision {
  kFp32,
  kBf16,  ///< weights and the activations that meet them rounded to bfloat16, sums in float32: half the memory. Without
          ///< bf16 instructions only the weights are rounded
  kInt8,  ///< weights with one scale for each output channel, activations with one for each token: a quarter of the
          ///< memory. The same sums on every processor
  kTf32,  ///< weights and activations in float32, rounded to 10 bits of mantissa where a product reads them, sums in
          ///< float32: NVIDIA's GPUs from Ampere on (agront/device.h), no processor
};

/// Where a precision is asked for: what the model was made for, else bf16 where the processor multiplies it, else fp32.
inline constexpr std::optional<Precision> kAutoPrecision = std::nullopt;

}  // namespace agront
