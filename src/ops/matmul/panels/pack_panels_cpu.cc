// SPDX-License-Identifier: Apache-2.0
// Weights to the panels of panel_product.h and back.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/matmul/panels/pack_panels_cpu.cc"
#include <hwy/foreach_target.h>  // compiles this file once for each instruction set; comes before highway.h

#include <hwy/highway.h>

#include <algorithm>
#include <bit>

#include "base/error.h"
#include "base/parallel.h"
#include "ops/bf16/bf16.h"
#include "ops/matmul/panels/panel_layout-inl.h"
#include "ops/matmul/panels/panel_product.h"
#include "ops/matmul/panels/panel_task.h"
#include "ops/panels/panels-inl.h"

HWY_BEFORE_NAMESPACE();
namespace agront::ops::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

size_t PanelIndex(size_t output, size_t input, size_t out, size_t in) {
  const InputBlocks blocks(in);
  const size_t first = input / blocks.size * blocks.size;
  return PanelOffset(blocks, first, DivideUp(out, PanelColumns()), output / PanelColumns()) +
         (input - first) * PanelColumns() + output % PanelColumns();
}

/// `count` weights of a row of memory from column `column` on as float32: where they are, or in `room`.
const float* WidenedRow(const PackTask& task, size_t row, size_t column, size_t count, float* HWY_RESTRICT room) {
  const size_t at = row * (task.rows_are_inputs ? task.in_stride : task.out_stride) + column;
  if (task.format == WeightFormat::kFloat32) return static_cast<const float*>(task.weights) + at;
  if (task.format == WeightFormat::kBFloat16) {
    const uint16_t* from = static_cast<const uint16_t*>(task.weights) + at;
    for (size_t i = 0; i < count; ++i) room[i] = std::bit_cast<float>(static_cast<uint32_t>(from[i]) << 16);
  } else {
    const int8_t* from = static_cast<const int8_t*>(task.weights) + at;
    const float scale = task.scales[row];
    for (size_t i = 0; i < count; ++i) room[i] = scale * static_cast<float>(from[i]);
  }
  return room;
}

float* Room(size_t count) {
  thread_local tensor::AlignedBuffer<float> room;
  if (room.size() < count) room = tensor::AlignedBuffer<float>(count);
  return room.data();
}

/// Weights whose outputs are adjacent: all panels of an input at a time, as they lie in memory.
void PackAdjacentOutputs(const PackTask& task, float* panels) {
  const size_t columns = PanelColumns();
  const InputBlocks blocks(task.in);
  const size_t num_panels = DivideUp(task.out, columns);
  const size_t first_output = task.first_panel * columns;
  const size_t outputs = std::min(task.out, task.last_panel * columns) - first_output;
  float* room = Room(outputs);
  for (size_t k = 0; k < task.in; ++k) {
    const size_t first = k / blocks.size * blocks.size;
    const float* from = WidenedRow(task, k, first_output, outputs, room);
    for (size_t panel = task.first_panel; panel < task.last_panel; ++panel, from += columns) {
      float* to = panels + PanelOffset(blocks, first, num_panels, panel) + (k - first) * columns;
      const size_t channels = std::min(columns, task.out - panel * columns);
      if (channels < columns) {
        std::copy_n(from, channels, to);
        std::fill_n(to + channels, columns - channels, 0.0f);
      } else {
        for (size_t v = 0; v < kPanelVectors; ++v)
          hn::Store(hn::LoadU(kFloats, from + v * hn::Lanes(kFloats)), kFloats, to + v * hn::Lanes(kFloats));
      }
    }
  }
}

/// One panel's weights of `inputs` inputs from `first` on; those past the last output stay.
void PackPanel(const PackTask& task, size_t panel, size_t first, size_t inputs, float* to) {
  const size_t columns = PanelColumns();
  const size_t channels = std::min(columns, task.out - panel * columns);
  if (task.in_stride == 1 && task.format == WeightFormat::kFloat32) {
    Transpose(WidenedRow(task, panel * columns, first, inputs, nullptr), task.out_stride, channels, inputs, to,
              columns);
  } else if (task.in_stride == 1) {
    float* room = Room(columns * inputs);
    for (size_t c = 0; c < channels; ++c) WidenedRow(task, panel * columns + c, first, inputs, room + c * inputs);
    Transpose(room, inputs, channels, inputs, to, columns);
  } else {
    const float* from =
        static_cast<const float*>(task.weights) + panel * columns * task.out_stride + first * task.in_stride;
    for (size_t k = 0; k < inputs; ++k)
      for (size_t c = 0; c < channels; ++c) to[k * columns + c] = from[k * task.in_stride + c * task.out_stride];
  }
}

void PackPanelsOfTask(const PackTask& task, float* panels) {
  if (task.rows_are_inputs) return PackAdjacentOutputs(task, panels);
  const size_t columns = PanelColumns();
  const InputBlocks blocks(task.in);
  const size_t num_panels = DivideUp(task.out, columns);
  for (size_t panel = task.first_panel; panel < task.last_panel; ++panel) {
    for (size_t first = 0; first < task.in; first += blocks.size) {
      const size_t inputs = blocks.SizeAt(first);
      float* to = panels + PanelOffset(blocks, first, num_panels, panel);
      if (task.out - panel * columns < columns) std::fill_n(to, inputs * columns, 0.0f);
      PackPanel(task, panel, first, inputs, to);
    }
  }
}

}  // namespace agront::ops::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace agront::ops {

HWY_EXPORT(PackPanelsOfTask);
HWY_EXPORT(PanelIndex);

namespace {

void CheckRoom(int64_t out, int64_t in, size_t size) {
  if (size != PanelWeightCount(out, in)) Fail("matmul: {} values do not hold weights [{}, {}]", size, out, in);
}

/// `all` is a task without its panels.
void Pack(const PackTask& all, std::span<float> panels) {
  CheckRoom(static_cast<int64_t>(all.out), static_cast<int64_t>(all.in), panels.size());
  constexpr int64_t kPanelsOfTask = 8;
  const auto pack = HWY_DYNAMIC_DISPATCH(PackPanelsOfTask);
  const int64_t count = (static_cast<int64_t>(all.out) + PanelWidth() - 1) / PanelWidth();
  ParallelFor((count + kPanelsOfTask - 1) / kPanelsOfTask, [&](int64_t number) {
    PackTask task = all;
    task.first_panel = static_cast<size_t>(number * kPanelsOfTask);
    task.last_panel = static_cast<size_t>(std::min(count, (number + 1) * kPanelsOfTask));
    pack(task, panels.data());
  });
}

PackTask Describe(const WeightView& weights) {
  return {.weights = weights.data,
          .format = WeightFormat::kFloat32,
          .out_stride = static_cast<size_t>(weights.out_stride),
          .in_stride = static_cast<size_t>(weights.in_stride),
          .in = static_cast<size_t>(weights.in),
          .out = static_cast<size_t>(weights.out),
          .rows_are_inputs = weights.out_stride == 1 && weights.in_stride != 1};
}

/// Rows of memory, each of all inputs of an output.
PackTask Describe(const void* data, WeightFormat format, int64_t out, int64_t in) {
  return {.weights = data,
          .format = format,
          .out_stride = static_cast<size_t>(in),
          .in_stride = 1,
          .in = static_cast<size_t>(in),
          .out = static_cast<size_t>(out)};
}

PackTask Describe(tensor::ConstMatrixView weights) {
  return Describe(weights.data, WeightFormat::kFloat32, weights.rows, weights.cols);
}

PackTask Describe(const Bf16WeightView& weights) {
  return Describe(weights.data, WeightFormat::kBFloat16, weights.out, weights.in);
}

PackTask Describe(const Int8WeightView& weights) {
  PackTask task = Describe(weights.data, WeightFormat::kInt8, weights.out, weights.in);
  task.scales = weights.scales;
  return task;
}

}  // namespace

void PackPanels(const WeightView& weights, std::span<float> panels) { Pack(Describe(weights), panels); }

void PackPanels(const RowMajorWeights& weights, Orientation orientation, std::span<float> panels) {
  PackTask task = std::visit([](const auto& view) { return Describe(view); }, weights);
  if (orientation == Orientation::kTransposed) {
    std::swap(task.out, task.in);
    std::swap(task.out_stride, task.in_stride);
    task.rows_are_inputs = true;
  }
  Pack(task, panels);
}

void PackPanels(const WeightView& weights, std::span<uint16_t> panels) {
  const tensor::AlignedBuffer<float> wide(panels.size());
  PackPanels(weights, std::span<float>(wide.data(), wide.size()));
  RoundToBf16({wide.data(), wide.size()}, panels);
}

void PackPanels(const Bf16WeightView& weights, std::span<uint16_t> panels) { PackPanels(Widened(weights), panels); }

void UnpackPanels(std::span<const float> panels, int64_t out, int64_t in, std::span<float> weights) {
  CheckRoom(out, in, panels.size());
  const auto index = HWY_DYNAMIC_DISPATCH(PanelIndex);
  ParallelFor(out, [&](int64_t o) {
    for (int64_t i = 0; i < in; ++i)
      weights[o * in + i] = panels[index(static_cast<size_t>(o), static_cast<size_t>(i), static_cast<size_t>(out),
                                         static_cast<size_t>(in))];
  });
}

void UnpackPanels(std::span<const uint16_t> panels, int64_t out, int64_t in, std::span<float> weights) {
  const tensor::AlignedBuffer<float> wide(panels.size());
  WidenBf16(panels, {wide.data(), wide.size()});
  UnpackPanels(std::span<const float>(wide.data(), wide.size()), out, in, weights);
}

}  // namespace agront::ops
#endif
