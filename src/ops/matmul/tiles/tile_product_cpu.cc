// SPDX-License-Identifier: Apache-2.0
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/matmul/tiles/tile_product_cpu.cc"
#include <hwy/foreach_target.h>  // compiles this file once for each instruction set; comes before highway.h

#include <hwy/cache_control.h>
#include <hwy/highway.h>

#include <algorithm>
#include <type_traits>

#include "base/error.h"
#include "ops/elementwise/gelu-inl.h"
#include "ops/matmul/product_input.h"
#include "ops/matmul/product_parts.h"
#include "ops/matmul/tiles/dot_sums.h"
#include "ops/matmul/tiles/dot_sums_256.h"
#include "ops/matmul/tiles/tile_product.h"
#include "ops/matmul/tiles/tile_sums.h"
#include "ops/matmul/tiles/tile_task.h"
#include "ops/panels/panels-inl.h"

HWY_BEFORE_NAMESPACE();
namespace agront::ops::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

inline constexpr hn::Rebind<int32_t, decltype(kFloats)> kInts;

/// What the columns of a vector need to become results: of float32 sums their bias alone.
template <class Sum>
struct ColumnTerms {
  hn::Vec<decltype(kFloats)> bias;
};
template <>
struct ColumnTerms<int32_t> {
  hn::Vec<decltype(kFloats)> bias, weight_scales;
  hn::Vec<decltype(kInts)> weight_sums;
};

template <class Sum>
HWY_INLINE ColumnTerms<Sum> TermsAt(const TileTask& task, size_t column, hn::Mask<decltype(kFloats)> used) {
  const auto bias = hn::MaskedLoad(used, kFloats, task.bias + column);
  if constexpr (std::is_same_v<Sum, int32_t>)
    return {bias, hn::MaskedLoad(used, kFloats, task.weight_scales + column),
            hn::MaskedLoad(hn::RebindMask(kInts, used), kInts, task.weight_sums + column)};
  else
    return {bias};
}

/// int8.h has the formula.
HWY_INLINE auto Value(const TileTask& task, size_t row, const int32_t* sums, const ColumnTerms<int32_t>& terms) {
  const RowQuantization quantization = task.quantization[row];
  const auto centred = hn::Sub(hn::Load(kInts, sums), hn::Mul(hn::Set(kInts, quantization.zero), terms.weight_sums));
  return hn::MulAdd(hn::ConvertTo(kFloats, centred), hn::Mul(hn::Set(kFloats, quantization.scale), terms.weight_scales),
                    terms.bias);
}
HWY_INLINE auto Value(const TileTask& /*task*/, size_t /*row*/, const float* sums, const ColumnTerms<float>& terms) {
  return hn::Add(hn::Load(kFloats, sums), terms.bias);
}

/// kVectors of columns of all rows of the block: what belongs to a column is read once. Only the last one may be partly
/// used.
template <Epilogue kEpilogue, size_t kStride, size_t kVectors, bool kWhole, class Sum>
HWY_INLINE void FinishVectors(const TileTask& task, const Sum* sums, size_t first, size_t count, size_t column,
                              hn::Mask<decltype(kFloats)> used) {
  constexpr size_t kLanes = hn::MaxLanes(kFloats);
  ColumnTerms<Sum> terms[kVectors];
  for (size_t v = 0; v < kVectors; ++v) terms[v] = TermsAt<Sum>(task, column + v * kLanes, used);
  float* y = task.y + first * task.out + column;
  for (size_t i = 0; i < count; ++i, y += task.out, sums += kStride)
    for (size_t v = 0; v < kVectors; ++v) {
      float* at = y + v * kLanes;
      auto value = Value(task, first + i, sums + v * kLanes, terms[v]);
      if constexpr (kEpilogue == Epilogue::kGelu) value = GeluForLowPrecision(kFloats, value);
      if constexpr (kEpilogue == Epilogue::kAdd)
        value = hn::Add(value, kWhole ? hn::LoadU(kFloats, at) : hn::MaskedLoad(used, kFloats, at));
      if constexpr (kWhole)
        hn::StoreU(value, kFloats, at);
      else
        hn::BlendedStore(value, used, kFloats, at);
    }
}

/// The upper half of each value, rounded as RoundToBf16 does.
HWY_INLINE auto RoundedHalves(Floats values) {
  const hn::RebindToUnsigned<decltype(kFloats)> bits_tag;
  const auto bits = hn::BitCast(bits_tag, values);
  const auto upper = hn::ShiftRight<16>(bits);
  const auto nearest =
      hn::ShiftRight<16>(hn::Add(bits, hn::Add(hn::Set(bits_tag, 0x7FFF), hn::And(upper, hn::Set(bits_tag, 1)))));
  const auto quiet_nan = hn::Or(upper, hn::Set(bits_tag, 0x40));
  const auto is_nan = hn::RebindMask(bits_tag, hn::IsNaN(values));
  return hn::DemoteTo(hn::Rebind<uint16_t, decltype(kFloats)>(),
                      hn::BitCast(kInts, hn::IfThenElse(is_nan, quiet_nan, nearest)));
}

/// The result of a row from its float32 sums, as whole lines of bfloat16.
template <Epilogue kEpilogue>
HWY_INLINE void FinishLines(const float* sums, const float* bias, size_t columns, uint16_t* line) {
  constexpr size_t kLineValues = kTileRowBytes / sizeof(uint16_t);
  const size_t whole = (columns + kLineValues - 1) / kLineValues * kLineValues;
  for (size_t j = 0; j < whole; j += hn::Lanes(kFloats)) {
    const auto used = hn::FirstN(kFloats, columns > j ? columns - j : 0);
    auto value = hn::Add(hn::Load(kFloats, sums + j), hn::MaskedLoad(used, kFloats, bias + j));
    if constexpr (kEpilogue == Epilogue::kGelu) value = GeluForLowPrecision(kFloats, value);
    hn::StoreU(RoundedHalves(hn::IfThenElseZero(used, value)), hn::Rebind<uint16_t, decltype(kFloats)>(), line + j);
  }
}

/// Sums [count, columns] of rows from `first` on become y.
template <Epilogue kEpilogue, size_t kStride, class Sum>
HWY_INLINE void FinishSums(const TileTask& task, const Sum* sums, size_t first, size_t count, size_t column,
                           size_t columns) {
  if constexpr (!std::is_same_v<Sum, int32_t>)
    if (task.lines != nullptr) {
      for (size_t i = 0; i < count; ++i)
        FinishLines<kEpilogue>(sums + i * kStride, task.bias + column, columns,
                               task.lines + (first + i) * task.line_stride + column);
      return;
    }
  constexpr size_t kLanes = hn::MaxLanes(kFloats);
  if (columns == kStride)
    return FinishVectors<kEpilogue, kStride, kStride / kLanes, true>(task, sums, first, count, column,
                                                                     hn::FirstN(kFloats, kLanes));
  for (size_t j = 0; j < columns; j += kLanes)
    FinishVectors<kEpilogue, kStride, 1, false>(task, sums + j, first, count, column + j,
                                                hn::FirstN(kFloats, columns - j));
}

inline constexpr size_t kLineFloats = 64 / sizeof(float);

/// Rows of y are far apart: they come while the products are at work.
HWY_INLINE void PrefetchRows(const TileTask& task, size_t first, size_t count, size_t column, size_t columns) {
  if (task.lines != nullptr) return;  // whole lines are written, and not read
  for (size_t i = 0; i < count; ++i) {
    const float* y = task.y + (first + i) * task.out + column;
    for (size_t j = 0; j < columns; j += kLineFloats) hwy::Prefetch(y + j);
    hwy::Prefetch(y + columns - 1);
  }
}

template <Epilogue kEpilogue, class Sum>
void MultiplyTiles(const TileTask& task) {
  HWY_ALIGN Sum sums[kTileBlockRows * kTilePanelColumns];
  ConfigureTiles();
  for (size_t panel = task.first_panel; panel < task.last_panel; ++panel) {
    const size_t column = panel * kTilePanelColumns;
    const size_t columns = std::min(kTilePanelColumns, task.out - column);
    const std::byte* weights = task.panels + panel * task.steps * kTileStepBytes;
    for (size_t first = 0; first < task.rows; first += kTileBlockRows) {
      const size_t count = std::min(kTileBlockRows, task.rows - first);
      PrefetchRows(task, first, count, column, columns);
      const TileBlock block{task.x + first * task.stride, task.stride, count, weights, task.steps};
      if constexpr (std::is_same_v<Sum, int32_t>)
        SumInt8Tiles(block, sums);
      else
        SumBf16Tiles(block, sums);
      FinishSums<kEpilogue, kTilePanelColumns>(task, sums, first, count, column, columns);
    }
  }
  ReleaseTiles();
}

/// The blocks of each kind of dot products.
template <class Sum>
struct Dots512 {
  using Number = Sum;
  static constexpr size_t kRows = kDotBlockRows, kPanels = kDotBlockPanels;
  static void Add(const DotBlock& block, Sum* sums) {
    if constexpr (std::is_same_v<Sum, int32_t>)
      SumInt8Dots(block, sums);
    else
      SumBf16Dots(block, sums);
  }
};

struct Dots256 {
  using Number = int32_t;
  static constexpr size_t kRows = kDot256BlockRows, kPanels = 1;
  static void Add(const DotBlock& block, int32_t* sums) { SumInt8Dots256(block, sums); }
};

template <Epilogue kEpilogue, class Dots>
void MultiplyDots(const TileTask& task) {
  constexpr size_t kColumns = Dots::kPanels * kTilePanelColumns;
  alignas(64) typename Dots::Number sums[Dots::kRows * kColumns];
  for (size_t panel = task.first_panel; panel < task.last_panel; panel += Dots::kPanels) {
    DotBlock block{.x = {},
                   .panels = task.panels + panel * task.steps * kTileStepBytes,
                   .num_panels = std::min(Dots::kPanels, task.last_panel - panel),
                   .steps = task.steps,
                   .groups = task.groups};
    const size_t column = panel * kTilePanelColumns;
    const size_t columns = std::min(block.num_panels * kTilePanelColumns, task.out - column);
    for (size_t first = 0; first < task.rows; first += Dots::kRows) {
      const size_t count = std::min(Dots::kRows, task.rows - first);
      PrefetchRows(task, first, count, column, columns);
      for (size_t r = 0; r < Dots::kRows; ++r) block.x[r] = task.x + (first + std::min(r, count - 1)) * task.stride;
      Dots::Add(block, sums);
      FinishSums<kEpilogue, kColumns>(task, sums, first, count, column, columns);
    }
  }
}

template <Epilogue kEpilogue, class Sum>
void MultiplyByUnit(const TileTask& task) {
  switch (task.unit) {
    case TileUnit::kTiles: return MultiplyTiles<kEpilogue, Sum>(task);
    case TileUnit::kDots: return MultiplyDots<kEpilogue, Dots512<Sum>>(task);
    case TileUnit::kDots256:
      if constexpr (std::is_same_v<Sum, int32_t>) MultiplyDots<kEpilogue, Dots256>(task);
  }
}

template <Epilogue kEpilogue>
void MultiplyNumbers(const TileTask& task) {
  if (task.quantization != nullptr) return MultiplyByUnit<kEpilogue, int32_t>(task);
  MultiplyByUnit<kEpilogue, float>(task);
}

void MultiplyTilesOfTask(const TileTask& task) {
  switch (task.epilogue) {
    case Epilogue::kNone: return MultiplyNumbers<Epilogue::kNone>(task);
    case Epilogue::kGelu: return MultiplyNumbers<Epilogue::kGelu>(task);
    case Epilogue::kAdd: return MultiplyNumbers<Epilogue::kAdd>(task);
  }
}

}  // namespace agront::ops::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace agront::ops {

HWY_EXPORT(MultiplyTilesOfTask);

namespace {

constexpr auto kColumns = static_cast<int64_t>(kTilePanelColumns);

/// `task` is that of the whole product.
void ShareOut(const TileTask& task, int64_t rows, int64_t out) {
  const auto multiply = HWY_DYNAMIC_DISPATCH(MultiplyTilesOfTask);
  const auto work = [&](const ProductPart& part) {
    TileTask own = task;
    own.x += static_cast<size_t>(part.first_row) * task.stride;
    if (task.lines != nullptr)
      own.lines += static_cast<size_t>(part.first_row) * task.line_stride;
    else
      own.y += part.first_row * out;
    own.rows = static_cast<size_t>(part.rows);
    own.first_panel = static_cast<size_t>(part.first_panel);
    own.last_panel = static_cast<size_t>(part.last_panel);
    if (task.quantization != nullptr) own.quantization += part.first_row;
    multiply(own);
  };
  const int64_t panels = DivideUp(out, kColumns);
  switch (task.unit) {
    case TileUnit::kTiles: {
      constexpr int64_t kMostRows = 256;
      return ForEachProductPart(rows, panels, kMostRows, static_cast<int64_t>(kTileBlockRows), work);
    }
    // Dot products do best with all rows of a window: each thread then reads weights that no other one reads.
    case TileUnit::kDots: return ForEachBalancedPart(rows, panels, {1024, kDotBlockRows, kDotBlockPanels}, work);
    case TileUnit::kDots256: return ForEachBalancedPart(rows, panels, {1024, kDot256BlockRows, 1}, work);
  }
}

TileTask WholeTask(const std::byte* x, const TileWeights& weights, Epilogue epilogue, tensor::MatrixView y) {
  if (y.cols != weights.out || static_cast<int64_t>(weights.bias.size()) != weights.out)
    Fail("matmul: {} weight rows and {} biases do not fit y [{}, {}]", weights.out, weights.bias.size(), y.rows,
         y.cols);
  const size_t steps = TileSteps(weights.row_bytes);
  return {.x = x,
          .stride = steps * kTileRowBytes,
          .rows = static_cast<size_t>(y.rows),
          .panels = weights.panels,
          .steps = steps,
          .groups = TileGroups(weights.row_bytes),
          .out = static_cast<size_t>(weights.out),
          .first_panel = 0,
          .last_panel = 0,
          .bias = weights.bias.data(),
          .unit = weights.unit,
          .epilogue = epilogue,
          .y = y.data};
}

}  // namespace

void MultiplyBf16Tiles(const std::byte* x, const TileWeights& weights, Epilogue epilogue, tensor::MatrixView y) {
  ShareOut(WholeTask(x, weights, epilogue, y), y.rows, y.cols);
}

void MultiplyBf16TilesToLines(const std::byte* x, int64_t rows, const TileWeights& weights, Epilogue epilogue,
                              std::byte* lines) {
  TileTask task =
      WholeTask(x, weights, epilogue, {.data = nullptr, .rows = rows, .cols = weights.out, .stored_rows = rows});
  task.lines = reinterpret_cast<uint16_t*>(lines);
  task.line_stride = TileSteps(weights.out * static_cast<int64_t>(sizeof(uint16_t))) * kTileRowBytes / sizeof(uint16_t);
  ShareOut(task, rows, weights.out);
}

void MultiplyInt8Tiles(const std::byte* x, std::span<const RowQuantization> rows, const TileWeights& weights,
                       std::span<const int32_t> weight_sums, std::span<const float> weight_scales, Epilogue epilogue,
                       tensor::MatrixView y) {
  TileTask task = WholeTask(x, weights, epilogue, y);
  if (static_cast<int64_t>(rows.size()) < y.rows || weight_sums.size() != task.out || weight_scales.size() != task.out)
    Fail("int8: {} rows and {} weight sums do not fit y [{}, {}]", rows.size(), weight_sums.size(), y.rows, y.cols);
  task.quantization = rows.data();
  task.weight_sums = weight_sums.data();
  task.weight_scales = weight_scales.data();
  ShareOut(task, y.rows, y.cols);
}

}  // namespace agront::ops
#endif
