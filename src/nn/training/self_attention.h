// SPDX-License-Identifier: Apache-2.0
// y = x + W_o attention(W_q n, W_k n, W_v n), n = LayerNorm(x), in training.
#pragma once

#include <span>
#include <string>

#include "agront/model_shape.h"
#include "nn/training/layer_norm.h"
#include "nn/training/linear.h"
#include "nn/training/workspace.h"
#include "ops/attention/attention.h"

namespace agront::nn::training {

/// What Backward needs beside x.
struct SelfAttentionSaved {
  tensor::Matrix query, key, value;  ///< [rows, C]
  tensor::Matrix attended;           ///< [rows, C]
  tensor::Matrix log2_sums;          ///< [H, rows]

  void Resize(int64_t rows, const ModelShape& shape) {
    for (tensor::Matrix* matrix : {&query, &key, &value, &attended}) matrix->Resize(rows, shape.hidden, rows);
    log2_sums.Resize(shape.heads, rows, shape.heads);
  }
};

class SelfAttention {
 public:
  /// Reads `prefix`.norm, .query, .key, .value and .output.
  SelfAttention(ParameterBuffers& buffers, const std::string& prefix, const ModelShape& shape)
      : heads_(shape.heads),
        norm_(buffers, prefix + ".norm", shape.hidden, shape.layer_norm_epsilon),
        query_(buffers, prefix + ".query", shape.hidden, shape.hidden),
        key_(buffers, prefix + ".key", shape.hidden, shape.hidden),
        value_(buffers, prefix + ".value", shape.hidden, shape.hidden),
        output_(buffers, prefix + ".output", shape.hidden, shape.hidden) {}

  /// x is y [rows, C] before, of packed sequences, where the result is added.
  void Forward(std::span<const int64_t> offsets, Workspace& workspace, SelfAttentionSaved& saved,
               tensor::MatrixView y) const {
    norm_.Forward(y, workspace.normed());
    for (const auto& [linear, result] :
         {std::pair{&query_, &saved.query}, {&key_, &saved.key}, {&value_, &saved.value}})
      linear->Forward(workspace.normed(), ops::Epilogue::kNone, workspace.panels(), result->view());
    ops::AttentionForward(Inputs(offsets, saved), saved.attended.view(), saved.log2_sums.view());
    output_.Forward(saved.attended.view(), ops::Epilogue::kAdd, workspace.panels(), y);
  }

  /// `grad` [rows, C] is the gradient of y before and of x after.
  void Backward(std::span<const int64_t> offsets, tensor::ConstMatrixView x, const SelfAttentionSaved& saved,
                Workspace& workspace, tensor::MatrixView grad) const {
    output_.BackwardParameters(saved.attended.view(), grad, workspace.panels());
    const tensor::MatrixView grad_attended = workspace.grad_normed();  // which is not needed yet
    output_.BackwardInput(grad, ops::Accumulate::kReplace, workspace.panels(), grad_attended);
    ops::AttentionBackward(Inputs(offsets, saved), {saved.attended.view(), saved.log2_sums.view()}, grad_attended,
                           {workspace.grad_query(), workspace.grad_key(), workspace.grad_value()});
    norm_.Forward(x, workspace.normed());
    for (const auto& [linear, gradient] : {std::pair{&query_, workspace.grad_query()},
                                           {&key_, workspace.grad_key()},
                                           {&value_, workspace.grad_value()}}) {
      linear->BackwardWeights(workspace.normed(), gradient, workspace.panels());
      // The softmax does not see the keys' bias: its gradient is zero, and a sum would be of rounding errors, from
      // which Adam makes whole steps.
      if (linear != &key_) linear->BackwardBias(gradient);
      linear->BackwardInput(gradient, linear == &query_ ? ops::Accumulate::kReplace : ops::Accumulate::kAdd,
                            workspace.panels(), workspace.grad_normed());
    }
    norm_.Backward(x, workspace.grad_normed(), grad);
  }

 private:
  ops::AttentionInputs Inputs(std::span<const int64_t> offsets, const SelfAttentionSaved& saved) const {
    return {saved.query.view(), saved.key.view(), saved.value.view(), offsets, heads_};
  }

  int64_t heads_;
  LayerNorm norm_;
  Linear query_;
  Linear key_;
  Linear value_;
  Linear output_;
};

}  // namespace agront::nn::training
