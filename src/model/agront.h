// SPDX-License-Identifier: Apache-2.0
// The model: embeddings, encoder blocks, final LayerNorm, language-model head, over packed batches.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "agront/forward.h"
#include "agront/model_shape.h"
#include "model/encoder.h"
#include "nn/encoder_block.h"
#include "nn/language_model_head.h"
#include "nn/parameter_source.h"
#include "nn/workspace.h"

namespace agront::model {

/// The encoder on this processor; each forward pass uses all threads.
class AgroNT final : public Encoder {
 public:
  /// Reads the parameters named in model/parameters/parameters.h; the language-model head may be absent. `precision` is
  /// that of the products of the blocks; where the processor multiplies bfloat16, the head follows (nn::HeadPrecision),
  /// and where it does so in tiles attention's products do. All else is float32.
  AgroNT(const ModelShape& shape, nn::ParameterSource& source, Precision precision);

  const ModelShape& shape() const override { return shape_; }

  void Reserve(int64_t rows) override;
  void Forward(const Batch& batch, const ForwardRequest& request, ForwardOutput& output) override;

 private:
  /// The residual stream of the rows whose logits are wanted becomes the head's input.
  void TakeHeadRows(const Batch& batch, const ForwardRequest& request);
  /// The last block, on the head's input alone.
  void RunLastBlock(const Batch& batch, const ForwardRequest& request);
  void RunHead(tensor::Matrix& logits);

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
