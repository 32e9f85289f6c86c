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

}  // namespace

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
