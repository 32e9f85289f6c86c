// SPDX-License-Identifier: Apache-2.0
// The two sides of a product of bfloat16 by tiles, from matrices with any strides of which one is 1. Float32 numbers
// are rounded on the way.
#pragma once

#include <cstddef>

#include "ops/matmul/bf16_product.h"

namespace agront::ops {

/// Bytes of a [M, K] in lines (InputFormat::kBFloat16Lines).
size_t TileLineBytes(const Bf16Operand& a);
/// By all threads, as CopyToTilePanels.
void CopyToTileLines(const Bf16Operand& a, std::byte* lines);

/// Bytes of b [K, N] in panels.
size_t TilePanelBytes(const Bf16Operand& b);
/// b [K, N] to the panels (tile_sums.h) of N outputs.
void CopyToTilePanels(const Bf16Operand& b, std::byte* panels);

}  // namespace agront::ops
