// SPDX-License-Identifier: Apache-2.0
// Tiles take the depth in pairs. Two adjacent rows of depth become one row of pairs in plain loops, of which the
// compiler makes vector code for each instruction set.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/matmul/tiles/tile_operands_cpu.cc"
#include <hwy/foreach_target.h>  // compiles this file once for each instruction set; comes before highway.h

#include <hwy/highway.h>

#include <algorithm>
#include <cstring>

#include "base/error.h"
#include "base/parallel.h"
#include "ops/matmul/product_parts.h"
#include "ops/matmul/tiles/tile_operands.h"
#include "ops/matmul/tiles/tile_product.h"
#include "ops/matmul/tiles/tile_sums.h"

HWY_BEFORE_NAMESPACE();
namespace agront::ops::HWY_NAMESPACE {

/// pairs[i] = first[i], second[i] next to each other; without a second row zeros.
HWY_INLINE void MakePairs(const uint16_t* HWY_RESTRICT first, const uint16_t* HWY_RESTRICT second, size_t count,
                          uint32_t* HWY_RESTRICT pairs) {
  if (second == nullptr) {
    for (size_t i = 0; i < count; ++i) pairs[i] = first[i];
  } else {
    for (size_t i = 0; i < count; ++i) pairs[i] = first[i] | static_cast<uint32_t>(second[i]) << 16;
  }
}

/// One panel of b [depth, N], row by row: `columns` of its outputs from b on.
void PanelOfRows(const uint16_t* b, size_t depth, size_t stride, size_t columns, std::byte* panel) {
  constexpr size_t kColumnsOfTile = kTilePanelColumns / 2;
  std::memset(panel, 0, TileSteps(static_cast<int64_t>(depth * sizeof(uint16_t))) * kTileStepBytes);
  for (size_t k = 0; k < depth; k += 2) {
    const uint16_t* row = b + k * stride;
    uint32_t pairs[kTilePanelColumns] = {};
    MakePairs(row, k + 1 < depth ? row + stride : nullptr, columns, pairs);
    std::byte* to = panel + k / 2 / kTileRows * kTileStepBytes + k / 2 % kTileRows * kTileRowBytes;
    std::memcpy(to, pairs, kTileRowBytes);
    std::memcpy(to + kTileBytes, pairs + kColumnsOfTile, kTileRowBytes);
  }
}

/// `rows` adjacent rows of a [M, depth] that is stored column by column, to lines.
void LinesOfColumns(const uint16_t* a, size_t depth, size_t stride, size_t rows, size_t line_bytes, std::byte* lines) {
  constexpr size_t kRows = kTileRows;
  for (size_t first = 0; first < rows; first += kRows) {
    const size_t count = std::min(kRows, rows - first);
    std::byte* to = lines + first * line_bytes;
    for (size_t r = 0; r < count; ++r) std::memset(to + (r + 1) * line_bytes - kTileRowBytes, 0, kTileRowBytes);
    for (size_t k = 0; k < depth; k += 2) {
      const uint16_t* column = a + k * stride + first;
      uint32_t pairs[kRows] = {};
      MakePairs(column, k + 1 < depth ? column + stride : nullptr, count, pairs);
      for (size_t r = 0; r < count; ++r)
        std::memcpy(to + r * line_bytes + k * sizeof(uint16_t), &pairs[r], sizeof(uint32_t));
    }
  }
}

}  // namespace agront::ops::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace agront::ops {

HWY_EXPORT(PanelOfRows);
HWY_EXPORT(LinesOfColumns);

namespace {

constexpr auto kColumns = static_cast<int64_t>(kTilePanelColumns);

int64_t LineBytes(int64_t depth) {
  return static_cast<int64_t>(TileSteps(depth * static_cast<int64_t>(sizeof(uint16_t))) * kTileRowBytes);
}

}  // namespace

size_t TileLineBytes(const Bf16Operand& a) {
  constexpr auto kRows = static_cast<int64_t>(kTileRows);
  return static_cast<size_t>(DivideUp(a.rows, kRows) * kRows * LineBytes(a.cols));
}

void CopyToTileLines(const Bf16Operand& a, std::byte* lines) {
  if (a.cols == 0) return;
  const int64_t line_bytes = LineBytes(a.cols);
  const int64_t row_bytes = a.cols * static_cast<int64_t>(sizeof(uint16_t));
  if (a.col_stride == 1) {
    return ParallelFor(a.rows, [&](int64_t i) {
      std::byte* line = lines + i * line_bytes;
      std::memcpy(line, a.data + i * a.row_stride, static_cast<size_t>(row_bytes));
      std::memset(line + row_bytes, 0, static_cast<size_t>(line_bytes - row_bytes));
    });
  }
  if (a.row_stride != 1) Fail("matmul: expected a stride of 1, got {} and {}", a.row_stride, a.col_stride);
  constexpr int64_t kRows = 64;
  const auto copy = HWY_DYNAMIC_DISPATCH(LinesOfColumns);
  ParallelFor(DivideUp(a.rows, kRows), [&](int64_t part) {
    const int64_t first = part * kRows;
    copy(a.data + first, static_cast<size_t>(a.cols), static_cast<size_t>(a.col_stride),
         static_cast<size_t>(std::min(kRows, a.rows - first)), static_cast<size_t>(line_bytes),
         lines + first * line_bytes);
  });
}

void CopyToTilePanels(const Bf16Operand& b, std::span<std::byte> panels) {
  if (b.rows == 0) return;
  const int64_t row_bytes = b.rows * static_cast<int64_t>(sizeof(uint16_t));
  if (b.row_stride == 1 && b.col_stride == b.rows)
    return PackTilePanels(reinterpret_cast<const std::byte*>(b.data), b.cols, row_bytes, panels);
  if (b.col_stride != 1)
    Fail("matmul: expected rows or columns without gaps, got [{}, {}] with strides of {} and {}", b.rows, b.cols,
         b.row_stride, b.col_stride);
  if (panels.size() != TilePanelBytes(b.cols, row_bytes))
    Fail("matmul: {} bytes do not hold the panels of [{}, {}]", panels.size(), b.rows, b.cols);
  const size_t panel_bytes = TileSteps(row_bytes) * kTileStepBytes;
  const auto copy = HWY_DYNAMIC_DISPATCH(PanelOfRows);
  ParallelFor(DivideUp(b.cols, kColumns), [&](int64_t panel) {
    const int64_t first = panel * kColumns;
    copy(b.data + first, static_cast<size_t>(b.rows), static_cast<size_t>(b.row_stride),
         static_cast<size_t>(std::min(kColumns, b.cols - first)),
         panels.data() + static_cast<size_t>(panel) * panel_bytes);
  });
}

}  // namespace agront::ops
#endif
