// SPDX-License-Identifier: Apache-2.0
#include "xla/row_packing.h"

#include <algorithm>
#include <bit>
#include <numeric>

namespace agront::xla {
namespace {

constexpr int64_t kShortRows[] = {64, 256};
constexpr int64_t kRowMultiple = 64;

int64_t RowLength(int64_t tokens_of_batch, int64_t max_tokens) {
  const int64_t longest = (max_tokens + kRowMultiple - 1) / kRowMultiple * kRowMultiple;
  for (const int64_t length : kShortRows)
    if (tokens_of_batch <= length && length < longest) return length;
  return longest;
}

int64_t PowerBelow(int64_t count) { return static_cast<int64_t>(std::bit_floor(static_cast<uint64_t>(count))); }

/// Where the sequences of rows begin, in order.
std::vector<int64_t> BeginsOf(std::span<const int32_t> segments, int64_t tokens) {
  std::vector<int64_t> begins;
  for (size_t i = 0; i < segments.size(); ++i)
    if (i % static_cast<size_t>(tokens) == 0 || segments[i] != segments[i - 1])
      begins.push_back(static_cast<int64_t>(i));
  return begins;
}

}  // namespace

RowSegments SegmentsOfRows(std::span<const int32_t> segments, int64_t tokens, int64_t most, int64_t values) {
  const std::vector<int64_t> begins = BeginsOf(segments, tokens);
  const auto all = static_cast<int64_t>(segments.size()), rows = all / tokens;
  RowSegments list{std::vector<int32_t>(static_cast<size_t>(rows * most)),
                   std::vector<int32_t>(static_cast<size_t>(rows * (most + 1)), static_cast<int32_t>(all * values))};
  for (size_t i = 0; i < begins.size(); ++i) {
    const int64_t end = i + 1 < begins.size() ? begins[i + 1] : all;
    list.lengths.at(i) = static_cast<int32_t>(end - begins[i]);
    list.offsets.at(i) = static_cast<int32_t>(begins[i] * values);
  }
  return list;
}

int64_t MostSegments(std::span<const int32_t> segments, int64_t tokens) {
  constexpr int64_t kLeast = 4, kStep = 4;
  std::vector<int64_t> counts(segments.size() / static_cast<size_t>(tokens));
  for (const int64_t begin : BeginsOf(segments, tokens)) ++counts[static_cast<size_t>(begin / tokens)];
  int64_t room = kLeast;
  while (room < *std::ranges::max_element(counts)) room *= kStep;
  return room;
}

PackedRows PackRows(const Batch& batch, int64_t max_tokens) {
  const auto length_of = [&](int64_t s) { return batch.offsets[s + 1] - batch.offsets[s]; };
  std::vector<int64_t> order(static_cast<size_t>(batch.sequences()));
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, [&](int64_t a, int64_t b) { return length_of(a) > length_of(b); });

  PackedRows packed{
      .tokens = RowLength(batch.offsets.back(), max_tokens), .rows = 0, .pieces = std::vector<Piece>(order.size())};
  std::vector<int64_t> used;  // of each row
  for (const int64_t s : order) {
    auto row = std::ranges::find_if(used, [&](int64_t tokens) { return tokens + length_of(s) <= packed.tokens; });
    if (row == used.end()) row = used.insert(used.end(), 0);
    packed.pieces[static_cast<size_t>(s)] = {row - used.begin(), *row};
    *row += length_of(s);
  }
  packed.rows = static_cast<int64_t>(used.size());
  return packed;
}

int64_t RowsOfPass(int64_t left, int64_t devices, int64_t most) {
  return std::min(PowerBelow((left + devices - 1) / devices), PowerBelow(most));
}

int64_t ChosenOfPass(int64_t wanted, int64_t most) {
  constexpr int64_t kLeast = 16;
  const auto power = static_cast<int64_t>(std::bit_ceil(static_cast<uint64_t>(std::max(wanted, kLeast))));
  return std::min(power, most);
}

}  // namespace agront::xla
