// SPDX-License-Identifier: Apache-2.0
// The model: embeddings, encoder blocks, final LayerNorm, language-model head, over packed batches.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "agront/forward.h"
#include "agront/model_shape.h"
#include "nn/encoder_block.h"
#include "nn/language_model_head.h"
#include "nn/parameter_source.h"
#include "nn/workspace.h"

namespace agront::model {

/// In the order of the request. Used again for the next batch, it takes no new memory.
struct ForwardOutput {
  std::vector<tensor::Matrix> hidden;     ///< [tokens, C] each
  std::vector<tensor::Matrix> attention;  ///< [T, T] each
  tensor::Matrix logits;                  ///< [tokens or logit_rows, V]
};

/// Thread safety: one forward pass at a time (each uses all threads).
class AgroNT {
 public:
  /// Reads the parameters named in model/parameters.h; the language-model head may be absent. `precision` is that of
  /// the products of the blocks; where the processor multiplies bfloat16, the head follows (nn::HeadPrecision), and
  /// where it does so in tiles attention's products do. All else is float32.
  AgroNT(const ModelShape& shape, nn::ParameterSource& source, Precision precision);

  const ModelShape& shape() const { return shape_; }

  /// Plans for batches of up to `rows` tokens (model/memory_plan.h): until a larger one comes, neither a forward pass
  /// nor an output that was used before takes memory, but for maps of attention and the kernels' scratch, about a
  /// megabyte a thread. Without a plan, memory grows with the largest batch. What is reserved is touched when needed.
  void Reserve(int64_t rows);

  /// Runs the blocks up to the last one that is wanted, and the head on the rows that are wanted.
  /// Throws UsageError when the request names a layer, head, sequence or row that is not there, or for
  /// logits of a model without a language-model head, Error for tokens
  /// outside the vocabulary, a sequence that is too long, or weights that lead to numbers that are not finite.
  void Forward(const Batch& batch, const ForwardRequest& request, ForwardOutput& output);

 private:
  void RunHead(const Batch& batch, const ForwardRequest& request, tensor::Matrix& logits);

  ModelShape shape_;
  Precision precision_;
  tensor::Matrix token_table_;
  tensor::Matrix position_table_;
  std::vector<nn::EncoderBlock> blocks_;
  nn::LayerNorm final_norm_;
  std::optional<nn::LanguageModelHead> head_;  // absent in classifiers

  int64_t planned_rows_ = 0;
  nn::Workspace workspace_;
  tensor::Matrix residual_;
  tensor::Matrix head_input_;
  tensor::Matrix head_inner_;
};

}  // namespace agront::model
