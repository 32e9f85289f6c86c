// SPDX-License-Identifier: Apache-2.0
#include "ops/matmul/bf16_product.h"
#include "ops/matmul/tiles/tile_operands.h"
#include "ops/matmul/tiles/tile_product.h"

namespace agront::ops {
namespace {

template <TileUnit kUnit>
void MultiplyByPanels(const Bf16Operand& a, const Bf16Operand& b, std::span<const float> bias, Epilogue epilogue,
                      Bf16Scratch& scratch, tensor::MatrixView y) {
  const int64_t row_bytes = a.cols * static_cast<int64_t>(sizeof(uint16_t));
  scratch.lines.Reserve(TileLineBytes(a));
  CopyToTileLines(a, scratch.lines.data());
  scratch.panels.Reserve(TilePanelBytes(b));
  CopyToTilePanels(b, scratch.panels.data());
  if (bias.empty()) {
    scratch.no_bias.Use(static_cast<size_t>(y.cols));
    bias = {scratch.no_bias.data(), static_cast<size_t>(y.cols)};
  }
  MultiplyBf16Tiles(scratch.lines.data(), {scratch.panels.data(), y.cols, row_bytes, bias, kUnit}, epilogue, y);
}

}  // namespace

constexpr Bf16Multiplier kTileMultiplier{MultiplyByPanels<TileUnit::kTiles>};
constexpr Bf16Multiplier kDotMultiplier{MultiplyByPanels<TileUnit::kDots>};

}  // namespace agront::ops
