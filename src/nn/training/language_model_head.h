// SPDX-License-Identifier: Apache-2.0
// The final LayerNorm and the language-model head in training, on the rows that have a loss:
// logits = W_v LayerNorm(gelu(W_d n)) + b_v with n = LayerNorm(x).
#pragma once

#include <algorithm>
#include <string>

#include "agront/model_shape.h"
#include "nn/training/layer_norm.h"
#include "nn/training/linear.h"
#include "ops/gelu/gelu.h"

namespace agront::nn::training {

/// Values that Backward needs, and its scratch: the rows that have a loss are few.
struct LanguageModelHeadSaved {
  tensor::ConstMatrixView x;                    ///< [rows, C] of the residual stream, as long as it stays there
  tensor::Matrix normed, dense, gelu, decoded;  ///< [rows, C]: after the final LayerNorm, W_d, gelu, LayerNorm
  tensor::Matrix logits;                        ///< [rows, V], of which the caller makes the gradient
  tensor::Matrix grad, grad_x;                  ///< [rows, C]

  void Resize(int64_t rows, const ModelShape& shape) {
    for (tensor::Matrix* matrix : {&normed, &dense, &gelu, &decoded, &grad, &grad_x})
      matrix->Resize(rows, shape.hidden, rows);
    logits.Resize(rows, shape.vocabulary, rows);
  }
};

class LanguageModelHead {
 public:
  /// Reads encoder.norm, head.dense [C, C], head.norm and head.decoder [V, C].
  LanguageModelHead(ParameterBuffers& buffers, const ModelShape& shape)
      : final_norm_(buffers, "encoder.norm", shape.hidden, shape.layer_norm_epsilon),
        dense_(buffers, "head.dense", shape.hidden, shape.hidden),
        norm_(buffers, "head.norm", shape.hidden, shape.layer_norm_epsilon),
        decoder_(buffers, "head.decoder", shape.vocabulary, shape.hidden) {}

  /// From x [rows, C] to saved.logits; x must stay as it is until Backward.
  void Forward(tensor::ConstMatrixView x, ops::LinearScratch& scratch, LanguageModelHeadSaved& saved) const {
    saved.x = x;
    final_norm_.Forward(x, saved.normed.view());
    dense_.Forward(saved.normed.view(), ops::Epilogue::kNone, scratch, saved.dense.view());
    ops::GeluForward(saved.dense.view().values(), saved.gelu.view().values());
    norm_.Forward(saved.gelu.view(), saved.decoded.view());
    decoder_.Forward(saved.decoded.view(), ops::Epilogue::kNone, scratch, saved.logits.view());
  }

  /// From the gradient in saved.logits to that in saved.grad_x.
  void Backward(ops::LinearScratch& scratch, LanguageModelHeadSaved& saved) const {
    const tensor::MatrixView grad = saved.grad.view(), grad_x = saved.grad_x.view();
    decoder_.BackwardParameters(saved.decoded.view(), saved.logits.view(), scratch);
    decoder_.BackwardInput(saved.logits.view(), ops::Accumulate::kReplace, scratch, grad);
    std::ranges::fill(grad_x.values(), 0.0f);
    norm_.Backward(saved.gelu.view(), grad, grad_x);
    ops::GeluBackward(saved.dense.view().values(), grad_x.values());
    dense_.BackwardParameters(saved.normed.view(), grad_x, scratch);
    dense_.BackwardInput(grad_x, ops::Accumulate::kReplace, scratch, grad);
    std::ranges::fill(grad_x.values(), 0.0f);
    final_norm_.Backward(saved.x, grad, grad_x);
  }

 private:
  LayerNorm final_norm_;
  Linear dense_;
  LayerNorm norm_;
  Linear decoder_;
};

}  // namespace agront::nn::training
