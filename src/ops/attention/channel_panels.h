// SPDX-License-Identifier: Apache-2.0
// What attention by dot products, forward and backward, does with panels whose rows are channels and whose columns are
// 32 tokens.
#pragma once

#include <algorithm>
#include <cstddef>

#include "ops/attention/bf16_dots.h"
#include "ops/bf16/transpose_square.h"
#include "tensor/aligned_buffer.h"

namespace agront::ops {

constexpr size_t RoundUp(size_t count, size_t step) { return (count + step - 1) / step * step; }

template <class T>
T* Room(tensor::ReusedBuffer<T>& buffer, size_t count) {
  buffer.Reserve(count);
  return buffer.data();
}

/// One number for each column.
struct Columns {
  __m512 at[2];
};

AGRONT_WITH_BF16_DOTS inline Columns AllOf(float value) { return {{_mm512_set1_ps(value), _mm512_set1_ps(value)}}; }

/// output [D, columns] = factor output + channels [D, pairs] weights [pairs, columns], of channels as PackChannelPairs
/// packs them.
template <size_t kRows>
AGRONT_WITH_BF16_DOTS void AddChannels(const Bf16Pair* channels, const Bf16Pair* weights, size_t pairs,
                                       const Columns& factor, size_t head_width, float* output) {
  for (size_t d = 0; d < head_width; d += kRows, channels += kRows * pairs, output += kRows * kDotColumns) {
    DotSums<kRows> sums;
    for (size_t r = 0; r < kRows; ++r)
      for (size_t v = 0; v < 2; ++v)
        sums.at[r][v] = _mm512_mul_ps(factor.at[v], _mm512_load_ps(output + r * kDotColumns + v * kLanes));
    AddDots(channels, weights, pairs, sums);
    for (size_t r = 0; r < kRows; ++r)
      for (size_t v = 0; v < 2; ++v) _mm512_store_ps(output + r * kDotColumns + v * kLanes, sums.at[r][v]);
  }
}

/// AddChannels with as many rows in a panel as leave little padding: 75 channels are 7 panels of 11.
struct ChannelPanels {
  size_t rows;
  void (*add)(const Bf16Pair*, const Bf16Pair*, size_t, const Columns&, size_t, float*);
};

template <size_t kRows = kMostDotRows>
ChannelPanels FindChannelPanels(size_t head_width) {
  if constexpr (3 * kRows > 2 * kMostDotRows) {
    const ChannelPanels fewer = FindChannelPanels<kRows - 1>(head_width);
    if (RoundUp(head_width, fewer.rows) < RoundUp(head_width, kRows)) return fewer;
  }
  return {kRows, AddChannels<kRows>};
}

/// The first `count` columns [D, columns], each times its factor, as rows.
AGRONT_WITH_BF16_DOTS inline void ColumnsToRows(const float* columns, const Columns& factor, size_t count,
                                                size_t head_width, float* rows, size_t stride) {
  for (size_t v = 0; v < 2; ++v)
    for (size_t d = 0; d < head_width; d += kLanes) {
      __m512 square[kLanes];
      for (size_t r = 0; r < kLanes; ++r)
        square[r] = d + r < head_width
                        ? _mm512_mul_ps(factor.at[v], _mm512_load_ps(columns + (d + r) * kDotColumns + v * kLanes))
                        : _mm512_setzero_ps();
      TransposeSquare(square);
      const __mmask16 some = FirstLanes(head_width - d);
      for (size_t i = 0; i < kLanes && v * kLanes + i < count; ++i)
        _mm512_mask_storeu_ps(rows + (v * kLanes + i) * stride + d, some, square[i]);
    }
}

}  // namespace agront::ops
