// SPDX-License-Identifier: Apache-2.0
// Token and position embeddings in training.
#pragma once

#include <span>

#include "agront/model_shape.h"
#include "nn/training/parameter_buffers.h"
#include "ops/embedding/embedding.h"

namespace agront::nn::training {

class Embedding {
 public:
  /// Reads embedding.tokens [V, C] and embedding.positions [positions, C].
  Embedding(ParameterBuffers& buffers, const ModelShape& shape)
      : tokens_(buffers.Find("embedding.tokens", shape.vocabulary, shape.hidden)),
        positions_(buffers.Find("embedding.positions", shape.positions, shape.hidden)) {}

  /// x [rows, C]
  void Forward(std::span<const int32_t> tokens, std::span<const int64_t> offsets, tensor::MatrixView x) const {
    ops::EmbeddingForward(tokens, offsets, {tokens_.matrix(), positions_.matrix()}, x);
  }

  void Backward(std::span<const int32_t> tokens, std::span<const int64_t> offsets,
                tensor::ConstMatrixView grad_x) const {
    const auto gradient = [](const TrainedParameter& table) {
      return table.is_frozen() ? tensor::MatrixView{} : table.gradient_matrix();
    };
    ops::EmbeddingBackward(tokens, offsets, grad_x, {gradient(tokens_), gradient(positions_)});
  }

  bool is_frozen() const { return tokens_.is_frozen() && positions_.is_frozen(); }

 private:
  TrainedParameter tokens_;
  TrainedParameter positions_;
};

}  // namespace agront::nn::training
