// SPDX-License-Identifier: Apache-2.0
// logits = W_v LayerNorm(gelu(W_d x)) + b_v, on rows that went through the encoder's final LayerNorm.
#pragma once

#include <string>

#include "agront/model_shape.h"
#include "nn/layer_norm.h"
#include "nn/parameter_source.h"

namespace agront::nn {

class LanguageModelHead {
 public:
  /// Reads `prefix`.dense [C, C], .norm and .decoder [V, C]. Its products stay in float32 whatever the blocks have:
  /// they are few, and what they get wrong goes straight into the probabilities.
  LanguageModelHead(ParameterSource& source, const std::string& prefix, const ModelShape& shape)
      : dense_(LoadLinear(source, prefix + ".dense", shape.hidden, shape.hidden, Precision::kFp32)),
        norm_(source, prefix + ".norm", shape.hidden, shape.layer_norm_epsilon),
        decoder_(LoadLinear(source, prefix + ".decoder", shape.vocabulary, shape.hidden, Precision::kFp32)) {}

  /// x [rows, C] in, `inner` [rows, C] for the values between, logits [rows, V] out; none may overlap.
  void Forward(tensor::ConstMatrixView x, tensor::MatrixView inner, tensor::MatrixView logits) const {
    ops::ProductInput input;
    input.Set(x, dense_.input_format());
    dense_.Multiply(input, ops::Epilogue::kGelu, inner);
    norm_.Forward(inner, inner);
    input.Set(inner, decoder_.input_format());
    decoder_.Multiply(input, ops::Epilogue::kNone, logits);
  }

 private:
  ops::PackedWeights dense_;
  LayerNorm norm_;
  ops::PackedWeights decoder_;
};

}  // namespace agront::nn
