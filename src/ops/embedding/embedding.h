// SPDX-License-Identifier: Apache-2.0
// Token and position embeddings of packed sequences:
//
//   output[i] = token_table[tokens[i]] + position_table[i - begin of its sequence + first_position]
//
//   tokens [rows], offsets [S + 1], token_table [V, C], position_table [P, C], output [rows, C]
#pragma once

#include <cstdint>
#include <span>

#include "tensor/matrix.h"

namespace agront::ops {

struct EmbeddingTables {
  tensor::ConstMatrixView tokens;
  tensor::ConstMatrixView positions;
  int64_t first_position = 2;  ///< of a sequence's first token: one past the padding's, as in both references
};

/// Throws Error for a token outside the vocabulary, a sequence longer than the positions, shapes that do not fit.
void EmbeddingForward(std::span<const int32_t> tokens, std::span<const int64_t> offsets, const EmbeddingTables& tables,
                      tensor::MatrixView output);

}  // namespace agront::ops
