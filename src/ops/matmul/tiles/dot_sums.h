// SPDX-License-Identifier: Apache-2.0
// The same sums as tile_sums.h makes, from the same lines and panels, by AVX-512's dot products (vdpbf16ps, vpdpbusd):
//
//   sums [6, 64] = x [6, depth] panels [depth, 2 x 32]
#pragma once

#include <cstddef>
#include <cstdint>

#include "ops/matmul/tiles/tile_sums.h"

namespace agront::ops {

// 24 sums in registers, with four of weights and one of x; the other shapes that fit need more loads.
inline constexpr size_t kDotBlockRows = 6;
inline constexpr size_t kDotBlockPanels = 2;
inline constexpr size_t kDotBlockColumns = kDotBlockPanels * kTilePanelColumns;

struct DotBlock {
  const std::byte* x[kDotBlockRows];  ///< whole lines of 64 bytes
  const std::byte* panels;            ///< one after the other
  size_t num_panels;                  ///< 1 or 2; the sums of a second one that is not there are not written
  size_t steps;                       ///< of a panel
  size_t groups;                      ///< to be multiplied, the first ones of the panel
};

/// Rows of x are bfloat16; sums [6, 64], on a line of 64 bytes, are float32. Only with device::cpu::kBf16Products.
void SumBf16Dots(const DotBlock& block, float* sums);
/// Rows of x are unsigned, weights signed 8-bit numbers. Only with device::cpu::kInt8Dots.
void SumInt8Dots(const DotBlock& block, int32_t* sums);

}  // namespace agront::ops
