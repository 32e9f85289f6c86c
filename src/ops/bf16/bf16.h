// SPDX-License-Identifier: Apache-2.0
// Whole matrices to bfloat16 and back, by all threads.
#pragma once

#include <cstdint>
#include <span>

namespace agront::ops {

/// To nearest even; a NaN stays a NaN. Both have one size.
void RoundToBf16(std::span<const float> values, std::span<uint16_t> rounded);

/// Exact.
void WidenBf16(std::span<const uint16_t> values, std::span<float> wide);

}  // namespace agront::ops
