// SPDX-License-Identifier: Apache-2.0
// Attention with Highway. One task is a run of queries of one head of one sequence. Everything is computed transposed,
// with a query in each lane: the softmax then needs no sum or maximum across lanes, and the scores come out in the very
// order in which the product with the values reads them. Keys are taken a block at a time and the softmax is corrected
// as its maximum grows (flash attention, Dao et al. 2022), so that a block's scores stay in the first-level cache.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/attention/attention_cpu.cc"
#include <hwy/foreach_target.h>  // compiles this file once for each instruction set; comes before highway.h

#include <hwy/highway.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"
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

// Keys whose scores are in the cache at a time: 16 columns of 252 are 16 KB. A multiple of kPanelRows.
constexpr size_t kBlockKeys = 252;
constexpr float kMinusInfinity = -std::numeric_limits<float>::infinity();

/// Memory of one thread, used again by its next task.
struct Scratch {
  tensor::AlignedBuffer<float> keys;     // panels [tokens / rows][D][rows]
  tensor::AlignedBuffer<float> values;   // for each block of keys, panels [D / rows][keys][rows]
  tensor::AlignedBuffer<float> queries;  // one panel [D][columns], scaled
  tensor::AlignedBuffer<float> scores;   // one panel [keys][columns]
  tensor::AlignedBuffer<float> output;   // [D][columns]
};

/// scores [keys, columns] of the panels of `keys` keys, rounded up to whole panels; returns the maximum of each column.
/// Keys past the end have a score of minus infinity.
HWY_INLINE Columns ScoreKeys(const float* panels, size_t keys, const float* queries, size_t head_width, float* scores) {
  const size_t lanes = hn::Lanes(kFloats);
  Columns most;
  for (Floats& column : most.at) column = hn::Set(kFloats, kMinusInfinity);
  for (size_t first = 0; first < keys; first += kPanelRows, panels += kPanelRows * head_width) {
    PanelSums<kPanelRows> sums;
    for (auto& row : sums.at)
      for (Floats& sum : row) sum = hn::Zero(kFloats);
    AddPanelProduct(panels, queries, head_width, sums);
    for (size_t r = 0; r < kPanelRows; ++r, scores += PanelColumns()) {
      if (first + r >= keys)
        for (Floats& sum : sums.at[r]) sum = hn::Set(kFloats, kMinusInfinity);
      for (size_t v = 0; v < kPanelVectors; ++v) {
        hn::Store(sums.at[r][v], kFloats, scores + v * lanes);
        most.at[v] = hn::Max(most.at[v], sums.at[r][v]);
      }
    }
  }
  return most;
}

/// 2^(score - most) in place; returns the sum of each column.
HWY_INLINE Columns Exponentiate(const Columns& most, size_t rows, float* scores) {
  const size_t lanes = hn::Lanes(kFloats);
  Columns sums;
  for (Floats& sum : sums.at) sum = hn::Zero(kFloats);
  for (size_t r = 0; r < rows; ++r, scores += PanelColumns())
    for (size_t v = 0; v < kPanelVectors; ++v) {
      const auto weight = Exp2(kFloats, hn::Sub(hn::Load(kFloats, scores + v * lanes), most.at[v]));
      hn::Store(weight, kFloats, scores + v * lanes);
      sums.at[v] = hn::Add(sums.at[v], weight);
    }
  return sums;
}

/// log2 of the sums of 2^score.
void StoreLog2Sums(const Columns& most, const Columns& sums, size_t count, float* log2_sums) {
  HWY_ALIGN float exponents[kPanelVectors * hn::MaxLanes(kFloats)], powers[kPanelVectors * hn::MaxLanes(kFloats)];
  for (size_t v = 0; v < kPanelVectors; ++v) {
    hn::Store(most.at[v], kFloats, exponents + v * hn::Lanes(kFloats));
    hn::Store(sums.at[v], kFloats, powers + v * hn::Lanes(kFloats));
  }
  for (size_t q = 0; q < count; ++q) log2_sums[q] = exponents[q] + std::log2(powers[q]);
}

void AttendHead(const HeadTask& task) {
  thread_local Scratch scratch;
  const size_t tokens = task.tokens;
  const size_t head_width = task.head_width;
  const size_t columns = PanelColumns();
  const size_t lanes = hn::Lanes(kFloats);
  const ChannelFunctions value_panels = FindChannelFunctions(head_width);
  const size_t width = RoundUp(head_width, value_panels.rows);
  const size_t room = RoundUp(tokens, kPanelRows);

  float* keys = Room(scratch.keys, room * head_width);
  float* values = Room(scratch.values, room * width);
  float* queries = Room(scratch.queries, head_width * columns);
  float* scores = Room(scratch.scores, kBlockKeys * columns);
  float* output = Room(scratch.output, width * columns);
  PackRowPanels(task.key, tokens, head_width, keys);
  for (size_t first = 0; first < room; first += kBlockKeys)
    value_panels.pack(task.value.from(first), std::min(kBlockKeys, tokens - first), std::min(kBlockKeys, room - first),
                      head_width, values + first * width);

  for (size_t query = task.first_query; query < task.last_query; query += columns) {
    const size_t count = std::min(columns, task.last_query - query);
    PackColumnPanel(task.query.from(query), count, head_width, Log2ScoreFactor(head_width), queries);
    std::fill_n(output, width * columns, 0.0f);
    Columns most, sums;
    for (size_t v = 0; v < kPanelVectors; ++v) {
      most.at[v] = hn::Set(kFloats, kMinusInfinity);
      sums.at[v] = hn::Zero(kFloats);
    }
    for (size_t first = 0; first < tokens; first += kBlockKeys) {
      const size_t block_room = std::min(kBlockKeys, room - first);
      Columns block =
          ScoreKeys(keys + first * head_width, std::min(kBlockKeys, tokens - first), queries, head_width, scores);
      Columns factor;
      for (size_t v = 0; v < kPanelVectors; ++v) {
        block.at[v] = hn::Max(block.at[v], most.at[v]);
        factor.at[v] = Exp2(kFloats, hn::Sub(most.at[v], block.at[v]));
        most.at[v] = block.at[v];
      }
      const Columns block_sums = Exponentiate(most, block_room, scores);
      for (size_t v = 0; v < kPanelVectors; ++v) sums.at[v] = hn::MulAdd(sums.at[v], factor.at[v], block_sums.at[v]);
      value_panels.add(values + first * width, scores, block_room, factor, head_width, output);
    }
    for (size_t d = 0; d < head_width; ++d)
      for (size_t v = 0; v < kPanelVectors; ++v) {
        float* at = output + d * columns + v * lanes;
        hn::Store(hn::Div(hn::Load(kFloats, at), sums.at[v]), kFloats, at);
      }
    if (task.log2_sums != nullptr) StoreLog2Sums(most, sums, count, task.log2_sums + query);
    Transpose(output, columns, head_width, count, task.output + query * task.output_stride, task.output_stride);
  }
}

/// The probabilities of all queries, [tokens, tokens].
void HeadProbabilities(const HeadTask& task) {
  const size_t tokens = task.tokens;
  const size_t head_width = task.head_width;
  const size_t columns = PanelColumns();
  const size_t room = RoundUp(tokens, kPanelRows);
  const tensor::AlignedBuffer<float> keys(room * head_width), queries(head_width * columns), scores(room * columns);
  PackRowPanels(task.key, tokens, head_width, keys.data());
  for (size_t query = 0; query < tokens; query += columns) {
    const size_t count = std::min(columns, tokens - query);
    PackColumnPanel(task.query.from(query), count, head_width, Log2ScoreFactor(head_width), queries.data());
    const Columns most = ScoreKeys(keys.data(), tokens, queries.data(), head_width, scores.data());
    const Columns sums = Exponentiate(most, tokens, scores.data());
    HWY_ALIGN float inverse[kPanelVectors * hn::MaxLanes(kFloats)];
    for (size_t v = 0; v < kPanelVectors; ++v)
      hn::Store(hn::Div(hn::Set(kFloats, 1.0f), sums.at[v]), kFloats, inverse + v * hn::Lanes(kFloats));
    float* first = task.output + query * task.output_stride;
    Transpose(scores.data(), columns, tokens, count, first, task.output_stride);
    for (size_t q = 0; q < count; ++q)
      for (size_t k = 0; k < tokens; ++k) first[q * task.output_stride + k] *= inverse[q];
  }
}

size_t QueriesOfPanel() { return PanelColumns(); }

}  // namespace agront::ops::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace agront::ops {

HWY_EXPORT(AttendHead);
HWY_EXPORT(HeadProbabilities);
HWY_EXPORT(QueriesOfPanel);

void AttentionForward(const AttentionInputs& inputs, tensor::MatrixView output, tensor::MatrixView log2_sums) {
  AttendHeads(inputs, HWY_DYNAMIC_DISPATCH(AttendHead), static_cast<int64_t>(HWY_DYNAMIC_DISPATCH(QueriesOfPanel)()),
              output, log2_sums);
}

void AttentionProbabilities(const AttentionInputs& inputs, int64_t sequence, int64_t head,
                            tensor::MatrixView probabilities) {
  CheckAttention(inputs);
  const auto& [query, key, value, offsets, heads, of_queries] = inputs;
  if (sequence < 0 || sequence + 1 >= static_cast<int64_t>(offsets.size()) || head < 0 || head >= heads)
    Fail("attention: no sequence {} or head {}", sequence, head);
  const int64_t tokens = offsets[sequence + 1] - offsets[sequence];
  if (probabilities.rows != tokens || probabilities.cols != tokens)
    Fail("attention: expected a map [{}, {}], got [{}, {}]", tokens, tokens, probabilities.rows, probabilities.cols);
  HeadTask task = TaskOf(inputs, sequence, head);
  task.output = probabilities.data;
  task.output_stride = static_cast<size_t>(tokens);
  HWY_DYNAMIC_DISPATCH(HeadProbabilities)(task);
}

}  // namespace agront::ops
#endif
