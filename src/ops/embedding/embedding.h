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

/// The gradients that EmbeddingBackward adds to; a view without data for a table that is frozen.
struct EmbeddingGradients {
  tensor::MatrixView tokens;     ///< [V, C]
  tensor::MatrixView positions;  ///< [P, C]
  int64_t first_position = 2;
};

/// Adds each row of grad_output [rows, C] to the rows of the tables that it came from, in the order of the rows
/// whatever the number of threads. Throws Error as EmbeddingForward does.
void EmbeddingBackward(std::span<const int32_t> tokens, std::span<const int64_t> offsets,
                       tensor::ConstMatrixView grad_output, const EmbeddingGradients& gradients);

}  // namespace agront::ops
