// SPDX-License-Identifier: Apache-2.0
// Gradients of attention in bfloat16 by AVX-512's dot products, block by block as attention_backward_cpu.cc has them:
// what is multiplied is rounded, sums, softmax and its gradient are float32. Probabilities and score gradients are kept
// in pairs of queries, for the gradients of values and keys, score gradients in pairs of keys as well, for those of
// queries.
#include <cmath>

#include "ops/attention/attention_heads.h"
#include "ops/attention/attention_kernels.h"
#include "ops/attention/channel_panels.h"
#include "ops/attention/head_pairs.h"

namespace agront::ops {
namespace {

// Whole panels of rows and of columns: a block's probabilities and score gradients are 72 KB.
constexpr size_t kBlockQueries = 96;
constexpr size_t kBlockKeys = 128;
constexpr double kLog2E = 1.4426950408889634;

/// Memory of one thread, used again by its next task. Panels of the whole sequence, then what belongs to a block.
struct Scratch {
  tensor::ReusedBuffer<Bf16Pair> query_rows, grad_output_rows;          // [tokens / 12][D / 2][12]
  tensor::ReusedBuffer<Bf16Pair> key_columns, value_columns;            // [tokens / 32][D / 2][32]
  tensor::ReusedBuffer<Bf16Pair> query_channels, grad_output_channels;  // of each block, [D / rows][queries / 2][rows]
  tensor::ReusedBuffer<float> log2_sums, output_products;               // [tokens]
  tensor::ReusedBuffer<float> grad_query;                               // [tokens / 32][D][32]
  tensor::ReusedBuffer<Bf16Pair> key_channels;                          // [D / rows][keys / 2][rows]
  tensor::ReusedBuffer<Bf16Pair> probabilities, grad_scores;            // [keys / 32][queries / 2][32]
  tensor::ReusedBuffer<Bf16Pair> grad_scores_by_key;                    // [queries / 32][keys / 2][32]
  tensor::ReusedBuffer<float> grad_key, grad_value;                     // [keys / 32][D][32]
};

/// 12 queries, and 32 keys.
struct PanelInputs {
  const Bf16Pair* query_rows;
  const Bf16Pair* key_columns;
  const Bf16Pair* grad_output_rows;
  const Bf16Pair* value_columns;
  const float* log2_sums;
  const float* output_products;
};

/// Their probabilities and the gradients of their scores: in pairs of queries [6, 32], and the latter in pairs of keys
/// [12, 16] too.
AGRONT_WITH_BF16_DOTS void BackwardPanel(const PanelInputs& of, size_t pairs, Bf16Pair* probabilities,
                                         Bf16Pair* grad_scores, Bf16Pair (&by_key)[kMostDotRows][kLanes]) {
  DotSums<kMostDotRows> scores, grads;
  for (auto& row : scores.at) row[0] = row[1] = _mm512_setzero_ps();
  AddDots(of.query_rows, of.key_columns, pairs, scores);
  // A probability is at most 1, its exponent 0 but for rounding; columns past the last key, whose results nobody reads,
  // must stay finite.
  for (size_t r = 0; r < kMostDotRows; ++r)
    for (__m512& score : scores.at[r])
      score = Exp2(_mm512_min_ps(_mm512_set1_ps(1), _mm512_sub_ps(score, _mm512_set1_ps(of.log2_sums[r]))));
  for (auto& row : grads.at) row[0] = row[1] = _mm512_setzero_ps();
  AddDots(of.grad_output_rows, of.value_columns, pairs, grads);
  for (size_t r = 0; r < kMostDotRows; ++r) {
    for (size_t v = 0; v < 2; ++v)
      grads.at[r][v] =
          _mm512_mul_ps(scores.at[r][v], _mm512_sub_ps(grads.at[r][v], _mm512_set1_ps(of.output_products[r])));
    _mm512_store_si512(by_key[r], reinterpret_cast<__m512i>(_mm512_cvtne2ps_pbh(grads.at[r][1], grads.at[r][0])));
  }
  for (size_t r = 0; r < kMostDotRows; r += 2)
    for (size_t v = 0; v < 2; ++v) {
      const size_t at = r / 2 * kDotColumns + v * kLanes;
      _mm512_store_si512(probabilities + at, InPairs(scores.at[r][v], scores.at[r + 1][v]));
      _mm512_store_si512(grad_scores + at, InPairs(grads.at[r][v], grads.at[r + 1][v]));
    }
}

class HeadBackward {
 public:
  explicit HeadBackward(const HeadBackwardTask& task)
      : task_(task),
        channels_(FindChannelPanels(task.head_width)),
        pairs_(PairsOver(task.head_width)),
        width_(RoundUp(task.head_width, channels_.rows)) {}

  void Run() {
    Pack();
    for (size_t key = 0; key < task_.tokens; key += kBlockKeys) RunKeys(key);
    for (size_t query = 0; query < task_.tokens; query += kDotColumns)
      ColumnsToRows(s_.grad_query.data() + query * width_, AllOf(ScoreFactor()),
                    std::min(kDotColumns, task_.tokens - query), task_.head_width,
                    task_.grad_query + query * task_.grad_stride, task_.grad_stride);
  }

 private:
  float ScoreFactor() const { return static_cast<float>(1 / std::sqrt(static_cast<double>(task_.head_width))); }

  /// The whole sequence, and room for the blocks.
  void Pack() {
    const size_t tokens = task_.tokens, width = task_.head_width;
    const size_t row_room = RoundUp(tokens, kMostDotRows), column_room = RoundUp(tokens, kDotColumns);
    const auto factor = static_cast<float>(kLog2E / std::sqrt(static_cast<double>(width)));
    const auto pack_rows = [&](HeadRows rows, float times, size_t panel_rows, tensor::ReusedBuffer<Bf16Pair>& to) {
      PackRowPairs(rows, tokens, width, times, panel_rows, Room(to, RoundUp(tokens, panel_rows) * pairs_));
    };
    pack_rows(task_.query, factor, kMostDotRows, s_.query_rows);
    pack_rows(task_.grad_output, 1, kMostDotRows, s_.grad_output_rows);
    pack_rows(task_.key, 1, kDotColumns, s_.key_columns);
    pack_rows(task_.value, 1, kDotColumns, s_.value_columns);
    Room(s_.query_channels, row_room / 2 * width_);
    Room(s_.grad_output_channels, row_room / 2 * width_);
    for (size_t first = 0; first < tokens; first += kBlockQueries) {
      const size_t count = std::min(kBlockQueries, tokens - first), room = RoundUp(count, kMostDotRows);
      const size_t at = first / 2 * width_;
      PackChannelPairs(task_.query.from(first), count, room, width, channels_.rows, s_.query_channels.data() + at);
      PackChannelPairs(task_.grad_output.from(first), count, room, width, channels_.rows,
                       s_.grad_output_channels.data() + at);
    }
    std::fill_n(Room(s_.log2_sums, row_room), row_room, 0.0f);
    std::copy_n(task_.log2_sums, tokens, s_.log2_sums.data());
    std::fill_n(Room(s_.output_products, row_room), row_room, 0.0f);
    for (size_t i = 0; i < tokens; ++i)
      for (size_t d = 0; d < width; ++d)
        s_.output_products.data()[i] += task_.grad_output.row(i)[d] * task_.output.row(i)[d];
    std::fill_n(Room(s_.grad_query, column_room * width_), column_room * width_, 0.0f);
    Room(s_.key_channels, kBlockKeys / 2 * width_);
    Room(s_.probabilities, kBlockKeys * kBlockQueries / 2);
    Room(s_.grad_scores, kBlockKeys * kBlockQueries / 2);
    // Columns past the last query are multiplied as well, though nobody reads the results.
    std::fill_n(Room(s_.grad_scores_by_key, kBlockKeys * kBlockQueries / 2), kBlockKeys * kBlockQueries / 2, 0u);
    Room(s_.grad_key, kBlockKeys * width_);
    Room(s_.grad_value, kBlockKeys * width_);
  }

  void RunKeys(size_t key) {
    const size_t keys = std::min(kBlockKeys, task_.tokens - key);
    PackChannelPairs(task_.key.from(key), keys, RoundUp(keys, kDotColumns), task_.head_width, channels_.rows,
                     s_.key_channels.data());
    const size_t size = RoundUp(keys, kDotColumns) * width_;
    std::fill_n(s_.grad_key.data(), size, 0.0f);
    std::fill_n(s_.grad_value.data(), size, 0.0f);
    for (size_t query = 0; query < task_.tokens; query += kBlockQueries) RunBlock(key, keys, query);
    for (size_t first = 0; first < keys; first += kDotColumns) {
      const size_t count = std::min(kDotColumns, keys - first);
      const size_t to = (key + first) * task_.grad_stride;
      ColumnsToRows(s_.grad_key.data() + first * width_, AllOf(ScoreFactor()), count, task_.head_width,
                    task_.grad_key + to, task_.grad_stride);
      ColumnsToRows(s_.grad_value.data() + first * width_, AllOf(1), count, task_.head_width, task_.grad_value + to,
                    task_.grad_stride);
    }
  }

  void RunBlock(size_t key, size_t keys, size_t query) {
    const size_t queries = std::min(kBlockQueries, task_.tokens - query);
    const size_t room = RoundUp(queries, kMostDotRows);
    const size_t channels_at = query / 2 * width_;
    for (size_t first = 0; first < keys; first += kDotColumns) {
      Bf16Pair* probabilities = s_.probabilities.data() + first * room / 2;
      Bf16Pair* grad_scores = s_.grad_scores.data() + first * room / 2;
      for (size_t row = 0; row < room; row += kMostDotRows) {
        const size_t row_at = (query + row) * pairs_, column_at = (key + first) * pairs_;
        const size_t at = row / 2 * kDotColumns;
        alignas(sizeof(__m512i)) Bf16Pair by_key[kMostDotRows][kLanes];
        BackwardPanel({s_.query_rows.data() + row_at, s_.key_columns.data() + column_at,
                       s_.grad_output_rows.data() + row_at, s_.value_columns.data() + column_at,
                       s_.log2_sums.data() + query + row, s_.output_products.data() + query + row},
                      pairs_, probabilities + at, grad_scores + at, by_key);
        StoreByKey(by_key, row, first);
      }
      channels_.add(s_.grad_output_channels.data() + channels_at, probabilities, room / 2, AllOf(1), task_.head_width,
                    s_.grad_value.data() + first * width_);
      channels_.add(s_.query_channels.data() + channels_at, grad_scores, room / 2, AllOf(1), task_.head_width,
                    s_.grad_key.data() + first * width_);
    }
    for (size_t row = 0; row < queries; row += kDotColumns)
      channels_.add(s_.key_channels.data(), s_.grad_scores_by_key.data() + row * kBlockKeys / 2,
                    RoundUp(keys, kDotColumns) / 2, AllOf(1), task_.head_width,
                    s_.grad_query.data() + (query + row) * width_);
  }

  /// Queries from `row` on become columns; keys begin at `first`.
  void StoreByKey(const Bf16Pair (&by_key)[kMostDotRows][kLanes], size_t row, size_t first) {
    constexpr size_t kSide = 4;
    for (size_t r = 0; r < kMostDotRows; r += kSide) {
      const size_t query = row + r;  // panels of columns hold whole fours of queries
      Bf16Pair* to = s_.grad_scores_by_key.data() + query / kDotColumns * kDotColumns * kBlockKeys / 2 +
                     first / 2 * kDotColumns + query % kDotColumns;
      for (size_t k = 0; k < kLanes; k += kSide)
        TransposeFour(&by_key[r][k], kLanes, kSide, kDotColumns, to + k * kDotColumns);
    }
  }

  static thread_local Scratch s_;
  const HeadBackwardTask& task_;
  ChannelPanels channels_;
  size_t pairs_;
  size_t width_;
};

thread_local Scratch HeadBackward::s_;

void BackwardHead(const HeadBackwardTask& task) { HeadBackward(task).Run(); }

}  // namespace

void AttentionBackwardByDots(const AttentionInputs& inputs, const AttentionSaved& saved,
                             tensor::ConstMatrixView grad_output, const AttentionGradients& gradients) {
  BackwardHeads(inputs, BackwardHead, saved, grad_output, gradients);
}

}  // namespace agront::ops
