// SPDX-License-Identifier: Apache-2.0
// Matrices to bfloat16 and back, by all threads where nothing else is said.
#pragma once

#include <cstdint>
#include <span>

#include "tensor/matrix.h"

namespace agront::ops {

/// To nearest even; a NaN stays a NaN. Both have one size.
void RoundToBf16(std::span<const float> values, std::span<uint16_t> rounded);

/// The same by the thread that calls it; zeros fill up what `rounded` has more.
void RoundRowToBf16(std::span<const float> row, std::span<uint16_t> rounded);

/// x [rows, cols] to rows that are `stride` values apart; zeros fill them up.
void RoundRowsToBf16(tensor::ConstMatrixView x, int64_t stride, std::span<uint16_t> rounded);

/// Exact.
void WidenBf16(std::span<const uint16_t> values, std::span<float> wide);

}  // namespace agront::ops
