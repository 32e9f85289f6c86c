// SPDX-License-Identifier: Apache-2.0
// The same sums as tile_sums.h makes of 8-bit numbers, from the same lines and panels, by dot products in vectors of
// 256 bits (vpdpbusd, of AVX-VNNI or of AVX-512's VNNI):
//
//   sums [3, 32] = x [3, depth] panel [depth, 32]
#pragma once

#include <cstddef>
#include <cstdint>

#include "ops/matmul/tiles/dot_sums.h"

namespace agront::ops {

// 12 of 16 registers have sums.
inline constexpr size_t kDot256BlockRows = 3;

/// The first 3 rows of the block and its first panel; rows of x are unsigned, weights signed 8-bit numbers. `sums` [3,
/// 32] lie on a line of 64 bytes. Only with device::cpu::kInt8Dots256.
void SumInt8Dots256(const DotBlock& block, int32_t* sums);

}  // namespace agront::ops
