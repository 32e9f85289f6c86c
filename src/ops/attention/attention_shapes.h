// SPDX-License-Identifier: Apache-2.0
// Checks of attention's shapes and counts of its operations, forward and backward.
#pragma once

#include <algorithm>

#include "base/error.h"
#include "ops/attention/attention.h"

namespace agront::ops {

/// Operations of the two products, scores and weighted values.
inline double AttentionFlops(const AttentionInputs& inputs) {
  double flops = 0;
  for (size_t s = 0; s + 1 < inputs.offsets.size(); ++s) {
    const auto tokens = static_cast<double>(inputs.offsets[s + 1] - inputs.offsets[s]);
    flops += 4 * tokens * tokens * static_cast<double>(inputs.query.cols);
  }
  return flops;
}

/// All but the values, which the probabilities do not need.
inline void CheckAttention(const AttentionInputs& inputs) {
  const auto& [query, key, value, offsets, heads] = inputs;
  if (offsets.empty() || offsets.front() != 0 || offsets.back() != query.rows ||
      !std::is_sorted(offsets.begin(), offsets.end()))
    Fail("attention: offsets must rise from 0 to {}", query.rows);
  if (heads < 1 || query.cols % heads != 0) Fail("attention: {} heads do not divide {} columns", heads, query.cols);
  if (key.rows != query.rows || key.cols != query.cols)
    Fail("attention: query is [{}, {}], key [{}, {}]", query.rows, query.cols, key.rows, key.cols);
}

}  // namespace agront::ops
