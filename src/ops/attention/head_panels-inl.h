// SPDX-License-Identifier: Apache-2.0
// The rows of one head in the layouts in which the panel product reads them, forward and backward.
#if defined(AGRONT_OPS_HEAD_PANELS) == defined(HWY_TARGET_TOGGLE)
#ifdef AGRONT_OPS_HEAD_PANELS
#undef AGRONT_OPS_HEAD_PANELS
#else
#define AGRONT_OPS_HEAD_PANELS
#endif

#include <hwy/highway.h>

#include <algorithm>
#include <cmath>

#include "ops/attention/head_task.h"
#include "ops/panels/panels-inl.h"
#include "tensor/matrix.h"

HWY_BEFORE_NAMESPACE();
namespace agront::ops::HWY_NAMESPACE {

inline size_t RoundUp(size_t count, size_t step) { return (count + step - 1) / step * step; }

inline float* Room(tensor::AlignedBuffer<float>& buffer, size_t count) {
  if (buffer.size() < count) buffer = tensor::AlignedBuffer<float>(count);
  return buffer.data();
}

/// All rows as panels [rows / kPanelRows][D][kPanelRows]; those past the end are zero.
inline void PackRowPanels(HeadRows matrix, size_t rows, size_t head_width, float* panels) {
  for (size_t first = 0; first < rows; first += kPanelRows, panels += kPanelRows * head_width)
    PackRowPanel(matrix.row(first), matrix.stride, std::min(kPanelRows, rows - first), head_width, panels);
}

/// `count` rows times `factor` as the columns of a panel [D][columns]; the columns past them are zero.
inline void PackColumnPanel(HeadRows matrix, size_t count, size_t head_width, float factor, float* panel) {
  namespace hn = hwy::HWY_NAMESPACE;
  const size_t size = head_width * PanelColumns();
  if (count < PanelColumns()) std::fill_n(panel, size, 0.0f);
  Transpose(matrix.data, matrix.stride, count, head_width, panel, PanelColumns());
  if (factor == 1.0f) return;
  for (size_t i = 0; i < size; i += hn::Lanes(kFloats))
    hn::Store(hn::Mul(hn::Set(kFloats, factor), hn::Load(kFloats, panel + i)), kFloats, panel + i);
}

/// 1 / sqrt(D), the factor of the scores; and the same that makes the softmax one of powers of two.
inline float ScoreFactor(size_t head_width) {
  return static_cast<float>(1.0 / std::sqrt(static_cast<double>(head_width)));
}
inline float Log2ScoreFactor(size_t head_width) {
  constexpr double kLog2E = 1.4426950408889634;
  return static_cast<float>(kLog2E / std::sqrt(static_cast<double>(head_width)));
}

struct Columns {
  Floats at[kPanelVectors];
};

/// A block of rows as panels of kRows channels, [D / kRows][room][kRows], and their product with weights of these rows:
/// the values of a block of keys, with the probabilities.
template <size_t kRows>
struct ChannelPanels {
  /// Packs `count` rows; those up to `room` are zero.
  static void Pack(HeadRows values, size_t count, size_t room, size_t head_width, float* HWY_RESTRICT panels) {
    for (size_t d = 0; d < head_width; d += kRows, panels += kRows * room) {
      if (d + kRows <= head_width) {
        for (size_t k = 0; k < count; ++k)
          for (size_t r = 0; r < kRows; ++r) panels[k * kRows + r] = values.row(k)[d + r];
        std::fill_n(panels + count * kRows, (room - count) * kRows, 0.0f);
      } else {
        std::fill_n(panels, room * kRows, 0.0f);
        for (size_t k = 0; k < count; ++k) std::copy_n(values.row(k) + d, head_width - d, panels + k * kRows);
      }
    }
  }

  /// output [D, columns] = factor output + panels weights [room, columns]
  static void Add(const float* panels, const float* weights, size_t room, const Columns& factor, size_t head_width,
                  float* output) {
    namespace hn = hwy::HWY_NAMESPACE;
    const size_t lanes = hn::Lanes(kFloats);
    for (size_t d = 0; d < head_width; d += kRows, panels += kRows * room, output += kRows * PanelColumns()) {
      PanelSums<kRows> sums;
      for (size_t r = 0; r < kRows; ++r)
        for (size_t v = 0; v < kPanelVectors; ++v)
          sums.at[r][v] = hn::Mul(factor.at[v], hn::Load(kFloats, output + r * PanelColumns() + v * lanes));
      AddPanelProduct(panels, weights, room, sums);
      for (size_t r = 0; r < kRows; ++r)
        for (size_t v = 0; v < kPanelVectors; ++v)
          hn::Store(sums.at[r][v], kFloats, output + r * PanelColumns() + v * lanes);
    }
  }
};

/// ChannelPanels of as many rows as leave little padding: 75 channels are 15 panels of 5.
struct ChannelFunctions {
  size_t rows;
  void (*pack)(HeadRows, size_t, size_t, size_t, float*);
  void (*add)(const float*, const float*, size_t, const Columns&, size_t, float*);
};

template <size_t kRows = kPanelRows>
ChannelFunctions FindChannelFunctions(size_t head_width) {
  const ChannelFunctions these{kRows, ChannelPanels<kRows>::Pack, ChannelPanels<kRows>::Add};
  if constexpr (3 * kRows > 2 * kPanelRows) {
    const ChannelFunctions fewer = FindChannelFunctions<kRows - 1>(head_width);
    if (RoundUp(head_width, fewer.rows) < RoundUp(head_width, kRows)) return fewer;
  }
  return these;
}

}  // namespace agront::ops::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
