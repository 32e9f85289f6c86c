// SPDX-License-Identifier: Apache-2.0
// x += W_2 gelu(W_1 LayerNorm(x)).
#pragma once

#include <string>

#include "agront/model_shape.h"
#include "nn/layer_norm.h"
#include "nn/parameter_source.h"
#include "nn/workspace.h"

namespace agront::nn {

class FeedForward {
 public:
  /// Reads `prefix`.norm, .expand [F, C] and .contract [C, F].
  FeedForward(ParameterSource& source, const std::string& prefix, const ModelShape& shape, Precision precision)
      : norm_(source, prefix + ".norm", shape.hidden, shape.layer_norm_epsilon),
        expand_(LoadLinear(source, prefix + ".expand", shape.ffn, shape.hidden, precision)),
        contract_(LoadLinear(source, prefix + ".contract", shape.hidden, shape.ffn, precision)) {}

  /// x [rows, C] is the residual stream.
  void Forward(Workspace& workspace, tensor::MatrixView x) const {
    ops::ProductInput& input = workspace.input();
    norm_.Forward(x, workspace.normed(), expand_.input_format(), input);
    expand_.MultiplyToInput(input, ops::Epilogue::kGelu, contract_.input_format(), workspace.inner());
    contract_.Multiply(input, ops::Epilogue::kAdd, x);
  }

 private:
  LayerNorm norm_;
  ops::PackedWeights expand_;
  ops::PackedWeights contract_;
};

}  // namespace agront::nn
