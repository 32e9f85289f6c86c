// SPDX-License-Identifier: Apache-2.0
// The arguments of the attention kernel. A file of its own, because the kernels are compiled once for each instruction
// set and must all take the same type.
#pragma once

#include <cstddef>

namespace agront::ops {

/// One head's columns in a matrix of all heads, from the first row of a sequence on.
struct HeadRows {
  const float* data;
  size_t stride;
  const float* row(size_t i) const { return data + i * stride; }
  HeadRows from(size_t i) const { return {row(i), stride}; }
};

/// Queries [first_query, last_query) of one head of one sequence.
struct HeadTask {
  HeadRows query;
  HeadRows key;
  HeadRows value;
  size_t tokens;
  size_t head_width;
  size_t first_query;
  size_t last_query;
  float* output;  ///< of query 0
  size_t output_stride;
  float* log2_sums;  ///< of query 0; null when not wanted
};

/// One head of one sequence.
struct HeadBackwardTask {
  HeadRows query;
  HeadRows key;
  HeadRows value;
  HeadRows output;
  HeadRows grad_output;
  const float* log2_sums;
  size_t tokens;
  size_t head_width;
  float* grad_query;
  float* grad_key;
  float* grad_value;
  size_t grad_stride;
};

}  // namespace agront::ops
