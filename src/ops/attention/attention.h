// SPDX-License-Identifier: Apache-2.0
// Self-attention of packed sequences, no masks: every token sees every token of its own sequence.
//
//   for each sequence s, its rows [offsets[s], offsets[s+1]), and each head h, its D columns [h D, (h+1) D):
//     P = softmax(Q K^T / sqrt(D)) over the keys,   output = P V
//
//   key, value [rows, H D], query, output [rows or fewer, H D]
#pragma once

#include <cstdint>
#include <span>

#include "tensor/matrix.h"

namespace agront::ops {

struct AttentionInputs {
  tensor::ConstMatrixView query;
  tensor::ConstMatrixView key;
  tensor::ConstMatrixView value;
  std::span<const int64_t> offsets;  ///< [S + 1], rising from 0 to `rows`
  int64_t heads = 1;                 ///< H; H D = columns
  /// [S + 1], rising from 0 to the rows of `query`: those of sequence s, when not all of its tokens ask; else empty.
  std::span<const int64_t> query_offsets = {};
};

/// A query's result depends on no other query. `output` may be the memory of `query`, not of key or value. No T x T
/// matrix is made; each thread keeps a copy of one head's keys and values of one sequence. Throws Error when the shapes
/// do not fit. `log2_sums` [H, queries], if it has data, gets for each query log2 sum_keys 2^(q k log2(e) / sqrt(D)):
/// all that the backward pass needs of the softmax.
void AttentionForward(const AttentionInputs& inputs, tensor::MatrixView output, tensor::MatrixView log2_sums = {});

/// The results of AttentionForward.
struct AttentionSaved {
  tensor::ConstMatrixView output;
  tensor::ConstMatrixView log2_sums;
};

/// All [rows, H D]; none may be the memory of an input.
struct AttentionGradients {
  tensor::MatrixView query;
  tensor::MatrixView key;
  tensor::MatrixView value;
};

/// Sets the gradients, with the probabilities P recomputed a block at a time:
///
///   grad V = P^T grad_output,   S' = P o (grad_output V^T - rowsum(grad_output o output)) / sqrt(D)
///   grad Q = S' K,              grad K = S'^T Q
///
/// All tokens ask. Threads share the heads of all sequences among them; results do not depend on their number.
void AttentionBackward(const AttentionInputs& inputs, const AttentionSaved& saved, tensor::ConstMatrixView grad_output,
                       const AttentionGradients& gradients);

/// The probabilities P [T, T] of one sequence of T rows, all of which ask, and one head, row = query. `value` is not
/// read.
void AttentionProbabilities(const AttentionInputs& inputs, int64_t sequence, int64_t head,
                            tensor::MatrixView probabilities);

}  // namespace agront::ops
