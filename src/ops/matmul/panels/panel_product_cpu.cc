// SPDX-License-Identifier: Apache-2.0
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/matmul/panels/panel_product_cpu.cc"
#include <hwy/foreach_target.h>  // compiles this file once for each instruction set; comes before highway.h

#include <hwy/highway.h>

#include <algorithm>
#include <bit>

#include "base/error.h"
#include "base/parallel.h"
#include "ops/elementwise/gelu-inl.h"
#include "ops/matmul/panels/panel_layout-inl.h"
#include "ops/matmul/panels/panel_product.h"
#include "ops/matmul/panels/panel_task.h"
#include "ops/matmul/product_parts.h"
#include "ops/panels/panels-inl.h"

HWY_BEFORE_NAMESPACE();
namespace agront::ops::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

/// Inputs [first, first + inputs) of the task's rows as panels, one after another; rows past the end are zero.
void PackRows(const PanelTask& task, size_t first, size_t inputs, float* panels) {
  const size_t row_panels = DivideUp(task.rows, kPanelRows);
  const float* x = task.x + first * task.in_stride;
  if (task.in_stride == 1) {
    for (size_t i = 0; i < row_panels; ++i)
      PackRowPanel(x + i * kPanelRows * task.row_stride, task.row_stride,
                   std::min(kPanelRows, task.rows - i * kPanelRows), inputs, panels + i * kPanelRows * inputs);
    return;
  }
  // Rows that are adjacent: a few inputs of all rows at a time, which then stay in the first-level cache whatever the
  // stride.
  constexpr size_t kInputs = 8;
  for (size_t begin = 0; begin < inputs; begin += kInputs) {
    const size_t end = std::min(inputs, begin + kInputs);
    for (size_t i = 0; i < row_panels; ++i) {
      const size_t count = std::min(kPanelRows, task.rows - i * kPanelRows);
      const float* from = x + i * kPanelRows * task.row_stride;
      float* to = panels + i * kPanelRows * inputs;
      if (count == kPanelRows && task.row_stride == 1) {
        for (size_t k = begin; k < end; ++k) std::copy_n(from + k * task.in_stride, kPanelRows, to + k * kPanelRows);
      } else {
        for (size_t k = begin; k < end; ++k)
          for (size_t r = 0; r < kPanelRows; ++r)
            to[k * kPanelRows + r] = r < count ? from[k * task.in_stride + r * task.row_stride] : 0.0f;
      }
    }
  }
}

HWY_INLINE void Widen(const uint16_t* HWY_RESTRICT from, size_t count, float* HWY_RESTRICT to) {
  for (size_t i = 0; i < count; ++i) to[i] = std::bit_cast<float>(static_cast<uint32_t>(from[i]) << 16);
}

/// A tile of y, in place or, at the edges of the matrix, in a copy.
class Tile {
 public:
  Tile(float* y, size_t stride, size_t rows, size_t columns)
      : y_(y),
        stride_(stride),
        rows_(rows),
        columns_(columns),
        whole_(rows == kPanelRows && columns == PanelColumns()) {
    for (size_t r = 0; r < rows; ++r) {
      hwy::Prefetch(y + r * stride);
      hwy::Prefetch(y + r * stride + columns - 1);
    }
  }

  void Add(PanelSums<kPanelRows>& sums) {
    if (!whole_)
      for (size_t r = 0; r < rows_; ++r) std::copy_n(y_ + r * stride_, columns_, copy_ + r * PanelColumns());
    for (size_t r = 0; r < kPanelRows; ++r)
      for (size_t v = 0; v < kPanelVectors; ++v)
        sums.at[r][v] = hn::Add(sums.at[r][v], hn::LoadU(kFloats, Row(r) + v * hn::Lanes(kFloats)));
  }

  void Store(const PanelSums<kPanelRows>& sums) {
    for (size_t r = 0; r < kPanelRows; ++r)
      for (size_t v = 0; v < kPanelVectors; ++v) hn::StoreU(sums.at[r][v], kFloats, Row(r) + v * hn::Lanes(kFloats));
    if (!whole_)
      for (size_t r = 0; r < rows_; ++r) std::copy_n(copy_ + r * PanelColumns(), columns_, y_ + r * stride_);
  }

 private:
  float* Row(size_t r) { return whole_ ? y_ + r * stride_ : copy_ + r * PanelColumns(); }

  float* y_;
  size_t stride_;
  size_t rows_;
  size_t columns_;
  bool whole_;
  HWY_ALIGN float copy_[kPanelRows * kPanelVectors * hn::MaxLanes(kFloats)];
};

/// Asks for what is needed next, a part at a time, into the second-level cache.
class Prefetcher {
 public:
  Prefetcher(const std::byte* from, size_t bytes, size_t parts)
      : next_(from), end_(from + bytes), step_(DivideUp(DivideUp(bytes, kLine), parts) * kLine) {}

  void NextPart() {
    constexpr int kForReading = 0, kSecondLevel = 2;
    for (const std::byte* part_end = std::min(end_, next_ + step_); next_ < part_end; next_ += kLine)
      __builtin_prefetch(next_, kForReading, kSecondLevel);
  }

 private:
  static constexpr size_t kLine = 64;
  const std::byte* next_;
  const std::byte* end_;
  size_t step_;
};

void MultiplyTask(const PanelTask& task) {
  thread_local tensor::AlignedBuffer<float> packed_rows, wide;
  const size_t columns = PanelColumns();
  const size_t lanes = hn::Lanes(kFloats);
  const size_t num_panels = DivideUp(task.out, columns);
  const InputBlocks blocks(task.in);
  const size_t row_panels = DivideUp(task.rows, kPanelRows);
  if (const size_t size = row_panels * kPanelRows * blocks.size; packed_rows.size() < size)
    packed_rows = tensor::AlignedBuffer<float>(size);
  if (task.is_bf16 && wide.size() < blocks.size * columns) wide = tensor::AlignedBuffer<float>(blocks.size * columns);

  for (size_t first = 0; first < task.in; first += blocks.size) {
    const size_t inputs = blocks.SizeAt(first);
    const bool is_last = first + inputs == task.in;
    PackRows(task, first, inputs, packed_rows.data());
    for (size_t panel = task.first_panel; panel < task.last_panel; ++panel) {
      const size_t size = inputs * columns * (task.is_bf16 ? sizeof(uint16_t) : sizeof(float));
      const auto* stored =
          static_cast<const std::byte*>(task.panels) +
          PanelOffset(blocks, first, num_panels, panel) * (task.is_bf16 ? sizeof(uint16_t) : sizeof(float));
      Prefetcher next_panel(stored + size, size, row_panels);
      const auto* weights = reinterpret_cast<const float*>(stored);
      if (task.is_bf16) {
        Widen(reinterpret_cast<const uint16_t*>(stored), inputs * columns, wide.data());
        weights = wide.data();
      }
      const size_t channels = std::min(columns, task.out - panel * columns);
      HWY_ALIGN float bias[kPanelVectors * hn::MaxLanes(kFloats)] = {};
      if (task.bias != nullptr) std::copy_n(task.bias + panel * columns, channels, bias);
      for (size_t i = 0; i < row_panels; ++i) {
        Tile tile(task.y + i * kPanelRows * task.out + panel * columns, task.out,
                  std::min(kPanelRows, task.rows - i * kPanelRows), channels);
        next_panel.NextPart();
        PanelSums<kPanelRows> sums;
        for (auto& row : sums.at)
          for (Floats& sum : row) sum = hn::Zero(kFloats);
        AddPanelProduct(packed_rows.data() + i * kPanelRows * inputs, weights, inputs, sums);
        if (first > 0 || task.epilogue == Epilogue::kAdd) tile.Add(sums);
        if (is_last) {
          for (auto& row : sums.at)
            for (size_t v = 0; v < kPanelVectors; ++v) row[v] = hn::Add(row[v], hn::Load(kFloats, bias + v * lanes));
          if (task.epilogue == Epilogue::kGelu)
            for (auto& row : sums.at)
              for (Floats& sum : row) sum = Gelu(kFloats, sum);
        }
        tile.Store(sums);
      }
    }
  }
}

size_t ColumnsOfPanel() { return PanelColumns(); }
size_t RowsOfPanel() { return kPanelRows; }

}  // namespace agront::ops::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace agront::ops {

HWY_EXPORT(MultiplyTask);
HWY_EXPORT(ColumnsOfPanel);
HWY_EXPORT(RowsOfPanel);

int64_t PanelWidth() { return static_cast<int64_t>(HWY_DYNAMIC_DISPATCH(ColumnsOfPanel)()); }

size_t PanelWeightCount(int64_t out, int64_t in) {
  return static_cast<size_t>(DivideUp(out, PanelWidth()) * PanelWidth() * in);
}

void MultiplyPanels(const ProductRows& x, const PanelWeights& weights, Epilogue epilogue, tensor::MatrixView y) {
  const auto biases = static_cast<int64_t>(weights.bias.size());
  if (x.in != weights.in || y.cols != weights.out || x.rows != y.rows || (biases != weights.out && biases != 0))
    Fail("matmul: x [{}, {}] and y [{}, {}] do not fit weights [{}, {}] and {} biases", x.rows, x.in, y.rows, y.cols,
         weights.out, weights.in, biases);
  constexpr int64_t kMostRows = 192;
  const auto panel_rows = static_cast<int64_t>(HWY_DYNAMIC_DISPATCH(RowsOfPanel)());
  const auto multiply = HWY_DYNAMIC_DISPATCH(MultiplyTask);
  ForEachProductPart(x.rows, DivideUp(weights.out, PanelWidth()), kMostRows, panel_rows, [&](const ProductPart& part) {
    multiply({x.data + part.first_row * x.row_stride, static_cast<size_t>(x.row_stride),
              static_cast<size_t>(x.in_stride), static_cast<size_t>(part.rows), static_cast<size_t>(weights.in),
              weights.panels, weights.is_bf16, static_cast<size_t>(weights.out), static_cast<size_t>(part.first_panel),
              static_cast<size_t>(part.last_panel), biases == 0 ? nullptr : weights.bias.data(), epilogue,
              y.data + part.first_row * y.cols});
  });
}

void MultiplyPanels(tensor::ConstMatrixView x, const PanelWeights& weights, Epilogue epilogue, tensor::MatrixView y) {
  MultiplyPanels(ProductRows{x.data, x.rows, x.cols, x.cols, 1}, weights, epilogue, y);
}

}  // namespace agront::ops
#endif
