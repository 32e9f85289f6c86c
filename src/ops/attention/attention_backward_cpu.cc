// SPDX-License-Identifier: Apache-2.0
// Gradients of attention with Highway. One task is one head of one sequence. The probabilities are recomputed for a
// block of queries and keys at a time (flash attention, Dao et al. 2022), a key in each lane: so probabilities and
// score gradients come out as the products for grad V and grad K read them, and only the score gradients must be
// transposed, for grad Q. Everything that is summed up is kept transposed, with channels as rows.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/attention/attention_backward_cpu.cc"
#include <hwy/foreach_target.h>  // compiles this file once for each instruction set; comes before highway.h

#include <hwy/highway.h>

#include <algorithm>

#include "ops/attention/attention.h"
#include "ops/attention/attention_heads.h"
#include "ops/attention/attention_shapes.h"
#include "ops/attention/head_panels-inl.h"
#include "ops/attention/head_task.h"
#include "ops/elementwise/exp2-inl.h"
#include "ops/panels/panels-inl.h"

HWY_BEFORE_NAMESPACE();
namespace agront::ops::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// Whole panels of rows and of columns on all instruction sets. A block's probabilities and score gradients are 96 KB
// and stay in the second-level cache.
constexpr size_t kBlockQueries = 96;
constexpr size_t kBlockKeys = 128;

/// Memory of one thread, used again by its next task. Panels of the whole sequence, then what belongs to a block.
struct BackwardScratch {
  tensor::AlignedBuffer<float> query_rows, grad_output_rows;          // [tokens / rows][D][rows]
  tensor::AlignedBuffer<float> key_columns, value_columns;            // [tokens / columns][D][columns]
  tensor::AlignedBuffer<float> query_channels, grad_output_channels;  // for each block, [D / rows][queries][rows]
  tensor::AlignedBuffer<float> log2_sums, output_products;            // [tokens]
  tensor::AlignedBuffer<float> grad_query;                            // [tokens / columns][D][columns]
  tensor::AlignedBuffer<float> key_channels;                          // [D / rows][keys][rows]
  tensor::AlignedBuffer<float> probabilities, grad_scores;            // [keys / columns][queries][columns]
  tensor::AlignedBuffer<float> grad_scores_by_key;                    // [queries / columns][keys][columns]
  tensor::AlignedBuffer<float> grad_key, grad_value;                  // [keys / columns][D][columns]
};

/// A panel of queries times a panel of keys: their probabilities, and the gradients of their scores.
HWY_INLINE void BackwardPanel(const float* query_rows, const float* key_columns, const float* grad_output_rows,
                              const float* value_columns, const float* log2_sums, const float* output_products,
                              size_t head_width, float* probabilities, float* grad_scores) {
  const size_t lanes = hn::Lanes(kFloats);
  const auto clear = [](PanelSums<kPanelRows>& sums) {
    for (auto& row : sums.at)
      for (Floats& sum : row) sum = hn::Zero(kFloats);
  };
  PanelSums<kPanelRows> sums;
  clear(sums);
  AddPanelProduct(query_rows, key_columns, head_width, sums);
  for (size_t r = 0; r < kPanelRows; ++r)
    for (size_t v = 0; v < kPanelVectors; ++v) {
      // A probability is at most 1, its exponent 0 but for rounding; columns past the last key, whose results nobody
      // reads, must stay finite.
      const auto exponent = hn::Sub(sums.at[r][v], hn::Set(kFloats, log2_sums[r]));
      hn::Store(Exp2(kFloats, hn::Min(hn::Set(kFloats, 1.0f), exponent)), kFloats,
                probabilities + r * PanelColumns() + v * lanes);
    }
  clear(sums);
  AddPanelProduct(grad_output_rows, value_columns, head_width, sums);
  for (size_t r = 0; r < kPanelRows; ++r)
    for (size_t v = 0; v < kPanelVectors; ++v) {
      const size_t at = r * PanelColumns() + v * lanes;
      const auto centred = hn::Sub(sums.at[r][v], hn::Set(kFloats, output_products[r]));
      hn::Store(hn::Mul(hn::Load(kFloats, probabilities + at), centred), kFloats, grad_scores + at);
    }
}

/// A panel [D][columns] times `factor` to rows.
void StoreColumns(float* panel, size_t count, size_t head_width, float factor, float* rows, size_t stride) {
  for (size_t i = 0; i < head_width * PanelColumns(); i += hn::Lanes(kFloats))
    hn::Store(hn::Mul(hn::Set(kFloats, factor), hn::Load(kFloats, panel + i)), kFloats, panel + i);
  Transpose(panel, PanelColumns(), head_width, count, rows, stride);
}

class HeadBackward {
 public:
  explicit HeadBackward(const HeadBackwardTask& task)
      : task_(task),
        channels_(FindChannelFunctions(task.head_width)),
        width_(RoundUp(task.head_width, channels_.rows)) {}

  void Run() {
    Pack();
    for (size_t key = 0; key < task_.tokens; key += kBlockKeys) RunKeys(key);
    const size_t columns = PanelColumns();
    for (size_t query = 0; query < task_.tokens; query += columns)
      StoreColumns(s_.grad_query.data() + query * width_, std::min(columns, task_.tokens - query), task_.head_width,
                   ScoreFactor(task_.head_width), task_.grad_query + query * task_.grad_stride, task_.grad_stride);
  }

 private:
  /// The whole sequence, and room for the blocks.
  void Pack() {
    const auto& [query, key, value, output, grad_output, log2_sums, tokens, head_width, gq, gk, gv, stride] = task_;
    const size_t columns = PanelColumns();
    const size_t row_room = RoundUp(tokens, kPanelRows);
    const size_t column_room = RoundUp(tokens, columns);
    PackRowPanels(query, tokens, head_width, Room(s_.query_rows, row_room * head_width));
    const float factor = Log2ScoreFactor(head_width);
    for (size_t i = 0; i < row_room * head_width; ++i) s_.query_rows.data()[i] *= factor;
    PackRowPanels(grad_output, tokens, head_width, Room(s_.grad_output_rows, row_room * head_width));
    Room(s_.key_columns, column_room * head_width);
    Room(s_.value_columns, column_room * head_width);
    for (size_t first = 0; first < tokens; first += columns) {
      const size_t count = std::min(columns, tokens - first);
      PackColumnPanel(key.from(first), count, head_width, 1.0f, s_.key_columns.data() + first * head_width);
      PackColumnPanel(value.from(first), count, head_width, 1.0f, s_.value_columns.data() + first * head_width);
    }
    Room(s_.query_channels, row_room * width_);
    Room(s_.grad_output_channels, row_room * width_);
    for (size_t first = 0; first < tokens; first += kBlockQueries) {
      const size_t count = std::min(kBlockQueries, tokens - first);
      const size_t room = RoundUp(count, kPanelRows);
      channels_.pack(query.from(first), count, room, head_width, s_.query_channels.data() + first * width_);
      channels_.pack(grad_output.from(first), count, room, head_width, s_.grad_output_channels.data() + first * width_);
    }
    std::fill_n(Room(s_.log2_sums, row_room), row_room, 0.0f);
    std::copy_n(log2_sums, tokens, s_.log2_sums.data());
    std::fill_n(Room(s_.output_products, row_room), row_room, 0.0f);
    for (size_t i = 0; i < tokens; ++i) {
      float sum = 0;
      for (size_t d = 0; d < head_width; ++d) sum += grad_output.row(i)[d] * output.row(i)[d];
      s_.output_products.data()[i] = sum;
    }
    std::fill_n(Room(s_.grad_query, column_room * width_), column_room * width_, 0.0f);
    Room(s_.key_channels, kBlockKeys * width_);
    Room(s_.probabilities, kBlockKeys * kBlockQueries);
    Room(s_.grad_scores, kBlockKeys * kBlockQueries);
    // Columns past the last query are multiplied as well, though nobody reads the results.
    std::fill_n(Room(s_.grad_scores_by_key, kBlockKeys * kBlockQueries), kBlockKeys * kBlockQueries, 0.0f);
    Room(s_.grad_key, kBlockKeys * width_);
    Room(s_.grad_value, kBlockKeys * width_);
  }

  void RunKeys(size_t key) {
    const size_t columns = PanelColumns();
    const size_t keys = std::min(kBlockKeys, task_.tokens - key);
    channels_.pack(task_.key.from(key), keys, keys, task_.head_width, s_.key_channels.data());
    const size_t size = RoundUp(keys, columns) * width_;
    std::fill_n(s_.grad_key.data(), size, 0.0f);
    std::fill_n(s_.grad_value.data(), size, 0.0f);
    for (size_t query = 0; query < task_.tokens; query += kBlockQueries) RunBlock(key, keys, query);
    for (size_t first = 0; first < keys; first += columns) {
      const size_t count = std::min(columns, keys - first);
      const size_t to = (key + first) * task_.grad_stride;
      StoreColumns(s_.grad_key.data() + first * width_, count, task_.head_width, ScoreFactor(task_.head_width),
                   task_.grad_key + to, task_.grad_stride);
      StoreColumns(s_.grad_value.data() + first * width_, count, task_.head_width, 1.0f, task_.grad_value + to,
                   task_.grad_stride);
    }
  }

  void RunBlock(size_t key, size_t keys, size_t query) {
    const size_t columns = PanelColumns();
    const size_t head_width = task_.head_width;
    const size_t queries = std::min(kBlockQueries, task_.tokens - query);
    const size_t room = RoundUp(queries, kPanelRows);
    Columns one;
    for (Floats& lanes : one.at) lanes = hn::Set(kFloats, 1.0f);
    for (size_t first = 0; first < keys; first += columns) {
      float* probabilities = s_.probabilities.data() + first * room;
      float* grad_scores = s_.grad_scores.data() + first * room;
      for (size_t row = 0; row < room; row += kPanelRows)
        BackwardPanel(s_.query_rows.data() + (query + row) * head_width,
                      s_.key_columns.data() + (key + first) * head_width,
                      s_.grad_output_rows.data() + (query + row) * head_width,
                      s_.value_columns.data() + (key + first) * head_width, s_.log2_sums.data() + query + row,
                      s_.output_products.data() + query + row, head_width, probabilities + row * columns,
                      grad_scores + row * columns);
      channels_.add(s_.grad_output_channels.data() + query * width_, probabilities, room, one, head_width,
                    s_.grad_value.data() + first * width_);
      channels_.add(s_.query_channels.data() + query * width_, grad_scores, room, one, head_width,
                    s_.grad_key.data() + first * width_);
      for (size_t row = 0; row < queries; row += columns)
        Transpose(grad_scores + row * columns, columns, std::min(columns, room - row), std::min(columns, keys - first),
                  s_.grad_scores_by_key.data() + row * kBlockKeys + first * columns, columns);
    }
    for (size_t row = 0; row < queries; row += columns)
      channels_.add(s_.key_channels.data(), s_.grad_scores_by_key.data() + row * kBlockKeys, keys, one, head_width,
                    s_.grad_query.data() + (query + row) * width_);
  }

  static thread_local BackwardScratch s_;
  const HeadBackwardTask& task_;
  ChannelFunctions channels_;
  size_t width_;
};

thread_local BackwardScratch HeadBackward::s_;

void BackwardHead(const HeadBackwardTask& task) { HeadBackward(task).Run(); }

}  // namespace agront::ops::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace agront::ops {

HWY_EXPORT(BackwardHead);

void AttentionBackward(const AttentionInputs& inputs, const AttentionSaved& saved, tensor::ConstMatrixView grad_output,
                       const AttentionGradients& gradients) {
  BackwardHeads(inputs, HWY_DYNAMIC_DISPATCH(BackwardHead), saved, grad_output, gradients);
}

}  // namespace agront::ops
#endif
