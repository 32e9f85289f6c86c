// SPDX-License-Identifier: Apache-2.0
// Checks of attention's shapes and counts of its operations, forward and backward.
#pragma once

#include <algorithm>
#include <span>

#include "base/error.h"
#include "ops/attention/attention.h"

namespace agront::ops {

/// Where the queries of each sequence are.
inline std::span<const int64_t> QueryOffsets(const AttentionInputs& inputs) {
  return inputs.query_offsets.empty() ? inputs.offsets : inputs.query_offsets;
}

/// Operations of the two products, scores and weighted values.
inline double AttentionFlops(const AttentionInputs& inputs) {
  const std::span<const int64_t> of_queries = QueryOffsets(inputs);
  double flops = 0;
  for (size_t s = 0; s + 1 < inputs.offsets.size(); ++s) {
    const auto tokens = static_cast<double>(inputs.offsets[s + 1] - inputs.offsets[s]);
    const auto queries = static_cast<double>(of_queries[s + 1] - of_queries[s]);
    flops += 4 * queries * tokens * static_cast<double>(inputs.query.cols);
  }
  return flops;
}

/// All but the values, which the probabilities do not need.
inline void CheckAttention(const AttentionInputs& inputs) {
  const auto check = [](std::span<const int64_t> offsets, int64_t rows) {
    if (offsets.empty() || offsets.front() != 0 || offsets.back() != rows ||
        !std::is_sorted(offsets.begin(), offsets.end()))
      Fail("attention: offsets must rise from 0 to {}", rows);
  };
  const tensor::ConstMatrixView &query = inputs.query, &key = inputs.key;
  check(inputs.offsets, key.rows);
  check(QueryOffsets(inputs), query.rows);
  if (QueryOffsets(inputs).size() != inputs.offsets.size())
    Fail("attention: {} offsets of keys, {} of queries", inputs.offsets.size(), QueryOffsets(inputs).size());
  if (inputs.heads < 1 || query.cols % inputs.heads != 0)
    Fail("attention: {} heads do not divide {} columns", inputs.heads, query.cols);
  if (key.cols != query.cols)
    Fail("attention: query is [{}, {}], key [{}, {}]", query.rows, query.cols, key.rows, key.cols);
}

}  // namespace agront::ops
