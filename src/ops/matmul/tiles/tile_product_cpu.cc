// SPDX-License-Identifier: Apache-2.0
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/matmul/tiles/tile_product_cpu.cc"
#include <hwy/foreach_target.h>  // compiles this file once for each instruction set; comes before highway.h

#include <hwy/cache_control.h>
#include <hwy/highway.h>

#include <algorithm>
#include <type_traits>

#include "base/error.h"
#include "ops/matmul/product_input.h"
#include "ops/matmul/product_parts.h"
#include "ops/matmul/tiles/dot_sums.h"
#include "ops/matmul/tiles/dot_sums_256.h"
#include "ops/matmul/tiles/finish_sums-inl.h"
#include "ops/matmul/tiles/tile_product.h"
#include "ops/matmul/tiles/tile_sums.h"
#include "ops/matmul/tiles/tile_task.h"
#include "ops/panels/panels-inl.h"

HWY_BEFORE_NAMESPACE();
namespace agront::ops::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

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
    case TileUnit::kDots:
      return ForEachBalancedPart(rows, panels, {1024, kDotBlockRows, kDotBlockPanels, MaxThreads()}, work);
    case TileUnit::kDots256: return ForEachBalancedPart(rows, panels, {1024, kDot256BlockRows, 1, MaxThreads()}, work);
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
