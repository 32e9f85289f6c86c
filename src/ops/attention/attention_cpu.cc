// SPDX-License-Identifier: Apache-2.0
// Attention with Highway. One task is one head of one sequence: its keys are transposed and its values padded to
// whole vectors once; then blocks of kQueries rows of scores are made, normalised and multiplied with the values.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/attention/attention_cpu.cc"
#include <hwy/foreach_target.h>  // compiles this file once for each instruction set; comes before highway.h

#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "base/parallel.h"
#include "ops/attention/attention.h"
#include "ops/attention/head_rows.h"
#include "ops/op_times.h"

HWY_BEFORE_NAMESPACE();
namespace agront::ops::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

constexpr hn::ScalableTag<float> kFloats;
using Floats = hn::Vec<decltype(kFloats)>;

// Rows and vectors of columns whose sums stay in registers: 24 of AVX-512's 32, 12 of AVX2's 16.
constexpr size_t kQueries = HWY_TARGET <= HWY_AVX3 ? 8 : 4;
constexpr size_t kVectors = 3;

/// kCount vectors of columns of C [kQueries, columns] = A B, with A [kQueries, depth] and B [depth, columns].
template <size_t kCount>
HWY_INLINE void MultiplyColumns(const float* a, size_t a_stride, const float* b, size_t depth, size_t columns,
                                float* c) {
  const size_t lanes = hn::Lanes(kFloats);
  Floats sums[kQueries][kCount];
  for (auto& row : sums)
    for (Floats& sum : row) sum = hn::Zero(kFloats);
  for (size_t k = 0; k < depth; ++k, b += columns) {
    Floats values[kCount];
    for (size_t v = 0; v < kCount; ++v) values[v] = hn::Load(kFloats, b + v * lanes);
    for (size_t q = 0; q < kQueries; ++q) {
      const Floats factor = hn::Set(kFloats, a[q * a_stride + k]);
      for (size_t v = 0; v < kCount; ++v) sums[q][v] = hn::MulAdd(factor, values[v], sums[q][v]);
    }
  }
  for (size_t q = 0; q < kQueries; ++q)
    for (size_t v = 0; v < kCount; ++v) hn::Store(sums[q][v], kFloats, c + q * columns + v * lanes);
}

/// C = A B; `columns` is a multiple of the vector, so that no lane needs a mask.
void MultiplyBlock(const float* a, size_t a_stride, const float* b, size_t depth, size_t columns, float* c) {
  const size_t lanes = hn::Lanes(kFloats);
  const size_t vectors = columns / lanes;
  size_t done = 0;
  const auto left = [&] { return vectors - done; };
  // Four are two pairs: a single vector has too few sums to hide the latency of a multiply-add.
  for (; left() >= kVectors && left() != kVectors + 1; done += kVectors)
    MultiplyColumns<kVectors>(a, a_stride, b + done * lanes, depth, columns, c + done * lanes);
  for (; left() >= 2; done += 2) MultiplyColumns<2>(a, a_stride, b + done * lanes, depth, columns, c + done * lanes);
  if (left() == 1) MultiplyColumns<1>(a, a_stride, b + done * lanes, depth, columns, c + done * lanes);
}

/// exp(score - largest) of the first `tokens` of a row whose room is a multiple of the vector; the rest becomes zero.
/// Returns 1 / sum: what is made of the row is scaled, which is shorter than the row.
float ExponentiateRow(float* row, size_t tokens, size_t room) {
  const size_t lanes = hn::Lanes(kFloats);
  std::fill(row + tokens, row + room, -std::numeric_limits<float>::infinity());
  auto largest = hn::Load(kFloats, row);
  for (size_t j = lanes; j < room; j += lanes) largest = hn::Max(largest, hn::Load(kFloats, row + j));
  largest = hn::MaxOfLanes(kFloats, largest);
  auto sum = hn::Zero(kFloats);
  for (size_t j = 0; j < room; j += lanes) {
    const auto weight = hn::Exp(kFloats, hn::Sub(hn::Load(kFloats, row + j), largest));
    hn::Store(weight, kFloats, row + j);
    sum = hn::Add(sum, weight);
  }
  return 1.0f / hn::GetLane(hn::SumOfLanes(kFloats, sum));
}

size_t RoundUpToVector(size_t count) {
  const size_t lanes = hn::Lanes(kFloats);
  return (count + lanes - 1) / lanes * lanes;
}

/// The keys of one head, transposed [D, room], and a block of scaled queries and scores.
class Scores {
 public:
  Scores(HeadRows keys, size_t tokens, size_t head_width)
      : tokens_(tokens),
        head_width_(head_width),
        room_(RoundUpToVector(tokens)),
        keys_(head_width * room_),
        queries_(kQueries * head_width),
        scores_(kQueries * room_) {
    for (size_t d = 0; d < head_width; ++d) {
      float* column = keys_.data() + d * room_;
      for (size_t j = 0; j < tokens; ++j) column[j] = keys.row(j)[d];
      std::fill(column + tokens, column + room_, 0.0f);
    }
  }

  /// Of `count` <= kQueries rows from `first` on: [kQueries, room()], to be scaled by scale(q); rows past `count` are
  /// noise.
  const float* Exponentials(HeadRows queries, size_t first, size_t count) {
    const float scale = 1.0f / std::sqrt(static_cast<float>(head_width_));
    for (size_t q = 0; q < kQueries; ++q) {
      const float* row = queries.row(first + std::min(q, count - 1));
      for (size_t d = 0; d < head_width_; ++d) queries_.data()[q * head_width_ + d] = row[d] * scale;
    }
    MultiplyBlock(queries_.data(), head_width_, keys_.data(), head_width_, room_, scores_.data());
    for (size_t q = 0; q < kQueries; ++q) scales_[q] = ExponentiateRow(scores_.data() + q * room_, tokens_, room_);
    return scores_.data();
  }

  float scale(size_t q) const { return scales_[q]; }
  size_t room() const { return room_; }

 private:
  size_t tokens_;
  size_t head_width_;
  size_t room_;
  tensor::AlignedBuffer<float> keys_;
  tensor::AlignedBuffer<float> queries_;
  tensor::AlignedBuffer<float> scores_;
  float scales_[kQueries] = {};
};

void Scale(const float* from, size_t count, float factor, float* to) {
  std::transform(from, from + count, to, [factor](float value) { return value * factor; });
}

void AttendHead(HeadRows query, HeadRows key, HeadRows value, size_t tokens, size_t head_width, float* output,
                size_t output_stride) {
  Scores scores(key, tokens, head_width);
  const size_t width = RoundUpToVector(head_width);
  const tensor::AlignedBuffer<float> values(tokens * width);
  for (size_t j = 0; j < tokens; ++j) {
    std::copy_n(value.row(j), head_width, values.data() + j * width);
    std::fill_n(values.data() + j * width + head_width, width - head_width, 0.0f);
  }
  const tensor::AlignedBuffer<float> result(kQueries * width);
  for (size_t first = 0; first < tokens; first += kQueries) {
    const size_t count = std::min(kQueries, tokens - first);
    const float* exponentials = scores.Exponentials(query, first, count);
    MultiplyBlock(exponentials, scores.room(), values.data(), tokens, width, result.data());
    for (size_t q = 0; q < count; ++q)
      Scale(result.data() + q * width, head_width, scores.scale(q), output + (first + q) * output_stride);
  }
}

void HeadProbabilities(HeadRows query, HeadRows key, size_t tokens, size_t head_width, float* output) {
  Scores scores(key, tokens, head_width);
  for (size_t first = 0; first < tokens; first += kQueries) {
    const size_t count = std::min(kQueries, tokens - first);
    const float* exponentials = scores.Exponentials(query, first, count);
    for (size_t q = 0; q < count; ++q)
      Scale(exponentials + q * scores.room(), tokens, scores.scale(q), output + (first + q) * tokens);
  }
}

}  // namespace agront::ops::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace agront::ops {

HWY_EXPORT(AttendHead);
HWY_EXPORT(HeadProbabilities);

namespace {

/// Of the two products, scores and weighted values.
double ProductFlops(const AttentionInputs& inputs) {
  double flops = 0;
  for (size_t s = 0; s + 1 < inputs.offsets.size(); ++s) {
    const auto tokens = static_cast<double>(inputs.offsets[s + 1] - inputs.offsets[s]);
    flops += 4 * tokens * tokens * static_cast<double>(inputs.query.cols);
  }
  return flops;
}

void Check(const AttentionInputs& inputs) {
  const auto& [query, key, value, offsets, heads] = inputs;
  if (offsets.empty() || offsets.front() != 0 || offsets.back() != query.rows ||
      !std::is_sorted(offsets.begin(), offsets.end()))
    Fail("attention: offsets must rise from 0 to {}", query.rows);
  if (heads < 1 || query.cols % heads != 0) Fail("attention: {} heads do not divide {} columns", heads, query.cols);
  if (key.rows != query.rows || key.cols != query.cols)
    Fail("attention: query is [{}, {}], key [{}, {}]", query.rows, query.cols, key.rows, key.cols);
}

}  // namespace

void AttentionForward(const AttentionInputs& inputs, tensor::MatrixView output) {
  Check(inputs);
  const auto& [query, key, value, offsets, heads] = inputs;
  if (value.rows != query.rows || value.cols != query.cols || output.rows != query.rows || output.cols != query.cols)
    Fail("attention: query is [{}, {}], value [{}, {}], output [{}, {}]", query.rows, query.cols, value.rows,
         value.cols, output.rows, output.cols);
  const OpTimer timer(OpKind::kAttention, ProductFlops(inputs));
  const auto attend = HWY_DYNAMIC_DISPATCH(AttendHead);
  const auto width = static_cast<size_t>(query.cols);
  const int64_t head_width = query.cols / heads;
  const auto sequences = static_cast<int64_t>(offsets.size()) - 1;
  ParallelFor(sequences * heads, [&, heads = heads](int64_t task) {
    const int64_t begin = inputs.offsets[task / heads];
    const int64_t tokens = inputs.offsets[task / heads + 1] - begin;
    const int64_t at = begin * inputs.query.cols + task % heads * head_width;
    if (tokens == 0) return;
    attend({inputs.query.data + at, width}, {inputs.key.data + at, width}, {inputs.value.data + at, width},
           static_cast<size_t>(tokens), static_cast<size_t>(head_width), output.data + at, width);
  });
}

void AttentionProbabilities(const AttentionInputs& inputs, int64_t sequence, int64_t head,
                            tensor::MatrixView probabilities) {
  Check(inputs);
  const auto& [query, key, value, offsets, heads] = inputs;
  if (sequence < 0 || sequence + 1 >= static_cast<int64_t>(offsets.size()) || head < 0 || head >= heads)
    Fail("attention: no sequence {} or head {}", sequence, head);
  const int64_t tokens = offsets[sequence + 1] - offsets[sequence];
  if (probabilities.rows != tokens || probabilities.cols != tokens)
    Fail("attention: expected a map [{}, {}], got [{}, {}]", tokens, tokens, probabilities.rows, probabilities.cols);
  const auto width = static_cast<size_t>(query.cols);
  const int64_t head_width = query.cols / heads;
  const int64_t at = offsets[sequence] * query.cols + head * head_width;
  HWY_DYNAMIC_DISPATCH(HeadProbabilities)
  ({query.data + at, width}, {key.data + at, width}, static_cast<size_t>(tokens), static_cast<size_t>(head_width),
   probabilities.data);
}

}  // namespace agront::ops
#endif
