// SPDX-License-Identifier: Apache-2.0
// logits = W_v LayerNorm(gelu(W_d x)) + b_v, on rows that went through the encoder's final LayerNorm.
#pragma once

#include <string>

#include "agront/model_shape.h"
#include "nn/layer_norm.h"
#include "nn/parameter_source.h"
#include "ops/matmul/fastest_float.h"

namespace agront::nn {

/// The precision of the head's products, whose errors go straight into the probabilities: never 8 bits, which changed
/// one first choice in twenty (docs/performance.md), and bfloat16 only where it is faster.
inline Precision HeadPrecision(Precision blocks) {
  return blocks == Precision::kFp32 ? Precision::kFp32 : ops::FastestFloat();
}

class LanguageModelHead {
 public:
  /// Reads `prefix`.dense [C, C], .norm and .decoder [V, C], for blocks of a precision.
  LanguageModelHead(ParameterSource& source, const std::string& prefix, const ModelShape& shape, Precision blocks)
      : dense_(LoadLinear(source, prefix + ".dense", shape.hidden, shape.hidden, HeadPrecision(blocks))),
        norm_(source, prefix + ".norm", shape.hidden, shape.layer_norm_epsilon),
        decoder_(LoadLinear(source, prefix + ".decoder", shape.vocabulary, shape.hidden, HeadPrecision(blocks))) {}

  /// x [rows, C] in, `inner` [rows, C] for the values between, logits [rows, V] out; none may overlap. `input`
  /// converts.
  void Forward(tensor::ConstMatrixView x, tensor::MatrixView inner, tensor::MatrixView logits,
               ops::ProductInput& input) const {
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
