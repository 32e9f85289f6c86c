// SPDX-License-Identifier: Apache-2.0
// x += W_o attention(W_q n, W_k n, W_v n) with n = LayerNorm(x).
#pragma once

#include <span>
#include <string>

#include "agront/model_shape.h"
#include "nn/layer_norm.h"
#include "nn/parameter_source.h"
#include "nn/workspace.h"

namespace agront::nn {

/// The probabilities of one head for one sequence of the batch.
struct AttentionMapOutput {
  int64_t sequence;
  int64_t head;
  tensor::MatrixView probabilities;  ///< [T, T]
};

/// Some rows of packed sequences.
struct ChosenRows {
  tensor::MatrixView values;         ///< [R, C], copied from the residual stream, in its order
  std::span<const int64_t> offsets;  ///< [S + 1], rising from 0 to R: those of each sequence
};

class SelfAttention {
 public:
  /// Reads `prefix`.norm, .query, .key, .value and .output.
  SelfAttention(ParameterSource& source, const std::string& prefix, const ModelShape& shape, Precision precision);

  /// x [rows, C] is the residual stream of packed sequences; `maps` are filled on the way.
  void Forward(std::span<const int64_t> offsets, std::span<const AttentionMapOutput> maps, Workspace& workspace,
               tensor::MatrixView x) const;

  /// The same for some rows alone: `chosen` becomes what they would be in x, which stays. Narrows the workspace to
  /// them.
  void Forward(std::span<const int64_t> offsets, Workspace& workspace, tensor::ConstMatrixView x,
               const ChosenRows& chosen) const;

 private:
  /// Keys and values of all rows; leaves LayerNorm(x) in the workspace and its input.
  void MakeKeysAndValues(Workspace& workspace, tensor::ConstMatrixView x) const;

  int64_t heads_;
  Precision precision_;
  LayerNorm norm_;
  ops::PackedWeights query_;
  ops::PackedWeights key_;
  ops::PackedWeights value_;
  ops::PackedWeights output_;
};

}  // namespace agront::nn
