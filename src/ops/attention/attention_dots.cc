// SPDX-License-Identifier: Apache-2.0
// Attention in bfloat16 by AVX-512's dot products. As in attention_cpu.cc everything is computed transposed, with a
// query in each lane, and keys are taken a block at a time. With intrinsics, as bf16_dots.h.
#include <algorithm>
#include <cmath>

#include "ops/attention/attention_heads.h"
#include "ops/attention/attention_kernels.h"
#include "ops/attention/channel_panels.h"
#include "ops/attention/head_pairs.h"

namespace agront::ops {
namespace {

// Keys whose scores are in the cache at a time: 32 columns of 252 are 32 KB. A multiple of kMostDotRows.
constexpr size_t kBlockKeys = 252;

/// Memory of one thread, used again by its next task.
struct Scratch {
  tensor::ReusedBuffer<Bf16Pair> keys;     // panels [tokens / 12][D / 2][12]
  tensor::ReusedBuffer<Bf16Pair> values;   // for each block of keys, panels [D / rows][keys / 2][rows]
  tensor::ReusedBuffer<Bf16Pair> queries;  // one panel [D / 2][columns], scaled
  tensor::ReusedBuffer<float> scores;      // of a block, [keys][columns]
  tensor::ReusedBuffer<Bf16Pair> weights;  // one panel [keys / 2][columns]
  tensor::ReusedBuffer<float> output;      // [D][columns]
};

/// 2^x to the last bits: what has been added up is scaled by it once a block, and errors would add up, too.
AGRONT_WITH_BF16_DOTS inline __m512 Exp2Exactly(__m512 x) {
  // ln(2)^k / k!, of the part that is left of the nearest whole number.
  constexpr float kTerms[] = {1.5403530e-4f, 1.3333558e-3f, 9.6181291e-3f, 5.5504109e-2f, 0.24022651f, 0.69314718f, 1};
  const __m512 part = _mm512_reduce_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  __m512 power = _mm512_set1_ps(kTerms[0]);
  for (size_t i = 1; i < std::size(kTerms); ++i) power = _mm512_fmadd_ps(power, part, _mm512_set1_ps(kTerms[i]));
  return _mm512_scalef_ps(power, _mm512_sub_ps(x, part));
}

/// scores [keys, columns] of the panels of `keys` keys, rounded up to whole panels; returns the maximum of each column.
/// Keys past the end have a score of minus infinity.
AGRONT_WITH_BF16_DOTS Columns ScoreKeys(const Bf16Pair* panels, size_t keys, const Bf16Pair* queries, size_t pairs,
                                        float* scores) {
  Columns most = AllOf(-INFINITY);
  for (size_t first = 0; first < keys; first += kMostDotRows, panels += kMostDotRows * pairs) {
    DotSums<kMostDotRows> sums;
    for (auto& row : sums.at) row[0] = row[1] = _mm512_setzero_ps();
    AddDots(panels, queries, pairs, sums);
    for (size_t r = 0; r < kMostDotRows; ++r, scores += kDotColumns) {
      if (first + r >= keys) sums.at[r][0] = sums.at[r][1] = _mm512_set1_ps(-INFINITY);
      for (size_t v = 0; v < 2; ++v) {
        _mm512_store_ps(scores + v * kLanes, sums.at[r][v]);
        most.at[v] = _mm512_max_ps(most.at[v], sums.at[r][v]);
      }
    }
  }
  return most;
}

/// weights = 2^(score - most), in pairs of rows, an even number of them; returns the sum of each column.
AGRONT_WITH_BF16_DOTS Columns Weigh(const Columns& most, size_t rows, const float* scores, Bf16Pair* weights) {
  Columns sums = AllOf(0);
  for (size_t r = 0; r < rows; r += 2, scores += 2 * kDotColumns, weights += kDotColumns)
    for (size_t v = 0; v < 2; ++v) {
      const float* at = scores + v * kLanes;
      const __m512 even = Exp2(_mm512_sub_ps(_mm512_load_ps(at), most.at[v]));
      const __m512 odd = Exp2(_mm512_sub_ps(_mm512_load_ps(at + kDotColumns), most.at[v]));
      sums.at[v] = _mm512_add_ps(sums.at[v], _mm512_add_ps(even, odd));
      _mm512_store_si512(weights + v * kLanes, InPairs(even, odd));
    }
  return sums;
}

/// Divides output [D, columns] by the sums, and writes the first `count` columns as rows.
AGRONT_WITH_BF16_DOTS void WriteRows(const float* output, const Columns& sums, size_t count, const HeadTask& task,
                                     size_t query) {
  Columns factors;
  for (size_t v = 0; v < 2; ++v) factors.at[v] = _mm512_div_ps(_mm512_set1_ps(1), sums.at[v]);
  ColumnsToRows(output, factors, count, task.head_width, task.output + query * task.output_stride, task.output_stride);
}

/// log2 of the sums of 2^score.
AGRONT_WITH_BF16_DOTS void WriteLog2Sums(const Columns& most, const Columns& sums, size_t count, float* log2_sums) {
  alignas(sizeof(__m512)) float exponents[kDotColumns], powers[kDotColumns];
  for (size_t v = 0; v < 2; ++v) {
    _mm512_store_ps(exponents + v * kLanes, most.at[v]);
    _mm512_store_ps(powers + v * kLanes, sums.at[v]);
  }
  for (size_t q = 0; q < count; ++q) log2_sums[q] = exponents[q] + std::log2(powers[q]);
}

/// The keys and values of a head, packed, and room for a panel of queries.
struct PackedHead {
  size_t tokens, room, pairs, value_width;
  ChannelPanels value_panels;
  const Bf16Pair* keys;
  const Bf16Pair* values;
};

/// The softmax of a panel of queries, as far as its keys have been seen.
struct Softmax {
  Columns most, sums;
};

/// output [D, columns] of a panel of queries, not yet divided by the sums.
AGRONT_WITH_BF16_DOTS Softmax AttendPanel(const PackedHead& head, size_t head_width, const Bf16Pair* queries,
                                          float* scores, Bf16Pair* weights, float* output) {
  Softmax softmax{AllOf(-INFINITY), AllOf(0)};
  std::fill_n(output, head.value_width * kDotColumns, 0.0f);
  for (size_t first = 0; first < head.tokens; first += kBlockKeys) {
    const size_t room = std::min(kBlockKeys, head.room - first);
    Columns most = ScoreKeys(head.keys + first * head.pairs, std::min(kBlockKeys, head.tokens - first), queries,
                             head.pairs, scores);
    Columns factor;
    for (size_t v = 0; v < 2; ++v) {
      most.at[v] = _mm512_max_ps(softmax.most.at[v], most.at[v]);
      factor.at[v] = Exp2Exactly(_mm512_sub_ps(softmax.most.at[v], most.at[v]));
    }
    softmax.most = most;
    const Columns sums = Weigh(most, room, scores, weights);
    for (size_t v = 0; v < 2; ++v) softmax.sums.at[v] = _mm512_fmadd_ps(softmax.sums.at[v], factor.at[v], sums.at[v]);
    head.value_panels.add(head.values + first / 2 * head.value_width, weights, room / 2, factor, head_width, output);
  }
  return softmax;
}

PackedHead PackHead(const HeadTask& task, Scratch& scratch) {
  const ChannelPanels value_panels = FindChannelPanels(task.head_width);
  PackedHead head{.tokens = task.tokens,
                  .room = RoundUp(task.tokens, kMostDotRows),
                  .pairs = PairsOver(task.head_width),
                  .value_width = RoundUp(task.head_width, value_panels.rows),
                  .value_panels = value_panels,
                  .keys = nullptr,
                  .values = nullptr};
  Bf16Pair* keys = Room(scratch.keys, head.room * head.pairs);
  Bf16Pair* values = Room(scratch.values, head.room / 2 * head.value_width);
  PackRowPairs(task.key, task.tokens, task.head_width, 1, kMostDotRows, keys);
  for (size_t first = 0; first < head.room; first += kBlockKeys)
    PackChannelPairs(task.value.from(first), std::min(kBlockKeys, task.tokens - first),
                     std::min(kBlockKeys, head.room - first), task.head_width, value_panels.rows,
                     values + first / 2 * head.value_width);
  head.keys = keys;
  head.values = values;
  return head;
}

void AttendHead(const HeadTask& task) {
  thread_local Scratch scratch;
  const PackedHead head = PackHead(task, scratch);
  Bf16Pair* queries = Room(scratch.queries, head.pairs * kDotColumns);
  float* scores = Room(scratch.scores, kBlockKeys * kDotColumns);
  Bf16Pair* weights = Room(scratch.weights, kBlockKeys / 2 * kDotColumns);
  float* output = Room(scratch.output, head.value_width * kDotColumns);
  constexpr double kLog2E = 1.4426950408889634;
  const auto factor = static_cast<float>(kLog2E / std::sqrt(static_cast<double>(task.head_width)));
  for (size_t query = task.first_query; query < task.last_query; query += kDotColumns) {
    const size_t count = std::min(kDotColumns, task.last_query - query);
    PackRowPairs(task.query.from(query), count, task.head_width, factor, kDotColumns, queries);
    const auto [most, sums] = AttendPanel(head, task.head_width, queries, scores, weights, output);
    WriteRows(output, sums, count, task, query);
    if (task.log2_sums != nullptr) WriteLog2Sums(most, sums, count, task.log2_sums + query);
  }
}

}  // namespace

void AttentionForwardByDots(const AttentionInputs& inputs, tensor::MatrixView output, tensor::MatrixView log2_sums) {
  AttendHeads(inputs, AttendHead, kDotColumns, output, log2_sums);
}

}  // namespace agront::ops
