// SPDX-License-Identifier: Apache-2.0
// Where the depth is stored together, 32 numbers of it are a vector; else two adjacent rows of the depth become one of
// pairs. What lies across is turned over in squares of 16 pairs. Rows are far apart, so they are asked for early. With
// intrinsics, as bf16_vectors.h: only processors that multiply bfloat16 come here.
#include "ops/matmul/tiles/tile_operands.h"

#include <algorithm>
#include <variant>

#include "base/error.h"
#include "base/parallel.h"
#include "ops/bf16/bf16_vectors.h"
#include "ops/bf16/transpose_square.h"
#include "ops/matmul/product_parts.h"
#include "ops/matmul/tiles/tile_product.h"
#include "ops/matmul/tiles/tile_sums.h"

namespace agront::ops {
namespace {

constexpr size_t kStepDepth = kTileRowBytes / sizeof(uint16_t);
constexpr size_t kPairs = kStepDepth / 2;  // of a step, as many as lanes
constexpr size_t kHalves = kTilePanelColumns / kLanes;
static_assert(kPairs == kLanes && kTileRows == kLanes);

/// Adjacent numbers of a row, of which `count` are there; the others are zero.
AGRONT_WITH_BF16_DOTS inline __m512i LoadStep(const uint16_t* row, size_t count) {
  const __mmask32 some = count >= kStepDepth ? ~__mmask32{0} : (__mmask32{1} << count) - 1;
  return _mm512_maskz_loadu_epi16(some, row);
}
AGRONT_WITH_BF16_DOTS inline __m512i LoadStep(const float* row, size_t count) {
  const __m512 low = _mm512_maskz_loadu_ps(FirstLanes(count), row);
  const __m512 high = _mm512_maskz_loadu_ps(count > kLanes ? FirstLanes(count - kLanes) : 0, row + kLanes);
  return reinterpret_cast<__m512i>(_mm512_cvtne2ps_pbh(high, low));
}

/// The numbers of two rows in pairs; without a second row zeros.
AGRONT_WITH_BF16_DOTS inline __m512i LoadPairs(const uint16_t* first, const uint16_t* second, __mmask16 some) {
  const __m512i low = _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(some, first));
  if (second == nullptr) return low;
  const __m512i high = _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(some, second));
  return _mm512_or_si512(low, _mm512_slli_epi32(high, 16));
}
AGRONT_WITH_BF16_DOTS inline __m512i LoadPairs(const float* first, const float* second, __mmask16 some) {
  const __m512 even = _mm512_maskz_loadu_ps(some, first);
  return InPairs(even, second == nullptr ? _mm512_setzero_ps() : _mm512_maskz_loadu_ps(some, second));
}

/// Rows of a [depth, ...] matrix, `stride` apart.
template <class T>
struct DepthRows {
  const T* data;
  size_t depth;
  size_t stride;

  AGRONT_WITH_BF16_DOTS __m512i Pairs(size_t k, size_t column, __mmask16 some) const {
    if (k >= depth) return _mm512_setzero_si512();
    const T* row = data + k * stride + column;
    return LoadPairs(row, k + 1 < depth ? row + stride : nullptr, some);
  }
  AGRONT_WITH_BF16_DOTS void Prefetch(size_t k, size_t column) const {
    if (k + 1 >= depth) return;
    _mm_prefetch(data + k * stride + column, _MM_HINT_T0);
    _mm_prefetch(data + (k + 1) * stride + column, _MM_HINT_T0);
  }
};

AGRONT_WITH_BF16_DOTS void Transpose(__m512i (&square)[kLanes]) {
  __m512 floats[kLanes];
  for (size_t i = 0; i < kLanes; ++i) floats[i] = _mm512_castsi512_ps(square[i]);
  TransposeSquare(floats);
  for (size_t i = 0; i < kLanes; ++i) square[i] = _mm512_castps_si512(floats[i]);
}

/// A row of a [M, depth] to a line.
template <class T>
AGRONT_WITH_BF16_DOTS void LineOfRow(const T* row, size_t depth, std::byte* line) {
  for (size_t k = 0; k < depth; k += kStepDepth, line += kTileRowBytes)
    _mm512_store_si512(line, LoadStep(row + k, depth - k));
}

/// `rows` adjacent rows of a [M, depth] that is stored column by column, to lines.
template <class T>
AGRONT_WITH_BF16_DOTS void LinesOfColumns(const DepthRows<T>& a, size_t rows, size_t line_bytes, std::byte* lines) {
  for (size_t k = 0; k < a.depth; k += kStepDepth, lines += kTileRowBytes)
    for (size_t first = 0; first < rows; first += kLanes) {
      const size_t count = std::min(kLanes, rows - first);
      __m512i square[kLanes];
      for (size_t pair = 0; pair < kPairs; ++pair) {
        a.Prefetch(k + kStepDepth + 2 * pair, first);
        square[pair] = a.Pairs(k + 2 * pair, first, FirstLanes(count));
      }
      Transpose(square);
      for (size_t r = 0; r < count; ++r) _mm512_store_si512(lines + (first + r) * line_bytes, square[r]);
    }
}

/// One panel of b [depth, N], row by row: `columns` of its outputs from b on.
template <class T>
AGRONT_WITH_BF16_DOTS void PanelOfRows(const DepthRows<T>& b, size_t columns, std::byte* panel) {
  constexpr size_t kRowsAhead = 16;
  for (size_t k = 0; k < b.depth; k += kStepDepth, panel += kTileStepBytes)
    for (size_t half = 0; half < kHalves; ++half) {
      const size_t first = half * kLanes;
      const __mmask16 some = columns > first ? FirstLanes(columns - first) : 0;
      std::byte* to = panel + half * kTileBytes;
      for (size_t pair = 0; pair < kPairs; ++pair, to += kTileRowBytes) {
        if (some != 0) b.Prefetch(k + kRowsAhead + 2 * pair, first);
        _mm512_store_si512(to, b.Pairs(k + 2 * pair, first, some));
      }
    }
}

/// The same of b that is stored column by column, `stride` apart.
template <class T>
AGRONT_WITH_BF16_DOTS void PanelOfColumns(const T* b, size_t depth, size_t stride, size_t columns, std::byte* panel) {
  constexpr size_t kDepthAhead = 4 * kStepDepth;
  for (size_t k = 0; k < depth; k += kStepDepth, panel += kTileStepBytes)
    for (size_t half = 0; half < kHalves; ++half) {
      __m512i square[kLanes];
      for (size_t i = 0; i < kLanes; ++i) {
        const size_t column = half * kLanes + i;
        const T* from = b + column * stride + k;
        square[i] = column < columns ? LoadStep(from, depth - k) : _mm512_setzero_si512();
        if (column >= columns || k + kDepthAhead + kStepDepth > depth) continue;
        for (size_t line = 0; line < kStepDepth * sizeof(T); line += kTileRowBytes)
          _mm_prefetch(reinterpret_cast<const std::byte*>(from + kDepthAhead) + line, _MM_HINT_T0);
      }
      Transpose(square);
      for (size_t pair = 0; pair < kPairs; ++pair)
        _mm512_store_si512(panel + half * kTileBytes + pair * kTileRowBytes, square[pair]);
    }
}

constexpr auto kColumns = static_cast<int64_t>(kTilePanelColumns);

size_t StepsOver(int64_t depth) { return TileSteps(depth * static_cast<int64_t>(sizeof(uint16_t))); }

size_t LineBytes(int64_t depth) { return StepsOver(depth) * kTileRowBytes; }

[[noreturn]] void FailStrides(const Bf16Operand& operand) {
  Fail("matmul: expected a stride of 1, got {} and {}", operand.row_stride, operand.col_stride);
}

template <class T>
void CopyLines(const Bf16Operand& a, const T* data, std::byte* lines) {
  const size_t line_bytes = LineBytes(a.cols);
  const auto depth = static_cast<size_t>(a.cols);
  if (a.col_stride == 1)
    return ParallelFor(a.rows, [&](int64_t i) {
      LineOfRow(data + i * a.row_stride, depth, lines + static_cast<size_t>(i) * line_bytes);
    });
  if (a.row_stride != 1) FailStrides(a);
  constexpr int64_t kRows = 64;
  ParallelFor(DivideUp(a.rows, kRows), [&](int64_t part) {
    const int64_t first = part * kRows;
    LinesOfColumns(DepthRows<T>{data + first, depth, static_cast<size_t>(a.col_stride)},
                   static_cast<size_t>(std::min(kRows, a.rows - first)), line_bytes,
                   lines + static_cast<size_t>(first) * line_bytes);
  });
}

template <class T>
void CopyPanels(const Bf16Operand& b, const T* data, std::byte* panels) {
  if (b.col_stride != 1 && b.row_stride != 1) FailStrides(b);
  const size_t panel_bytes = StepsOver(b.rows) * kTileStepBytes;
  const auto depth = static_cast<size_t>(b.rows);
  ParallelFor(DivideUp(b.cols, kColumns), [&](int64_t number) {
    const int64_t first = number * kColumns;
    const auto columns = static_cast<size_t>(std::min(kColumns, b.cols - first));
    std::byte* panel = panels + static_cast<size_t>(number) * panel_bytes;
    if (b.col_stride == 1)
      PanelOfRows(DepthRows<T>{data + first, depth, static_cast<size_t>(b.row_stride)}, columns, panel);
    else
      PanelOfColumns(data + first * b.col_stride, depth, static_cast<size_t>(b.col_stride), columns, panel);
  });
}

}  // namespace

size_t TileLineBytes(const Bf16Operand& a) {
  constexpr auto kRows = static_cast<int64_t>(kTileRows);
  return static_cast<size_t>(DivideUp(a.rows, kRows) * kRows) * LineBytes(a.cols);
}

void CopyToTileLines(const Bf16Operand& a, std::byte* lines) {
  std::visit([&](const auto* data) { CopyLines(a, data, lines); }, a.data);
}

size_t TilePanelBytes(const Bf16Operand& b) {
  return TilePanelBytes(b.cols, b.rows * static_cast<int64_t>(sizeof(uint16_t)));
}

void CopyToTilePanels(const Bf16Operand& b, std::byte* panels) {
  std::visit([&](const auto* data) { CopyPanels(b, data, panels); }, b.data);
}

}  // namespace agront::ops
