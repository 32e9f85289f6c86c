// SPDX-License-Identifier: Apache-2.0
// y = x + W_o attention(W_q n, W_k n, W_v n), n = LayerNorm(x), in training.
#pragma once

#include <span>
#include <string>

#include "agront/model_shape.h"
#include "nn/training/adapted_linear.h"
#include "nn/training/layer_norm.h"
#include "nn/training/rows.h"
#include "nn/training/workspace.h"
#include "ops/attention/attention.h"
#include "ops/attention/attention_kernels.h"

namespace agront::nn::training {

/// Values that Backward needs beside x.
struct SelfAttentionSaved {
  tensor::Matrix query, key, value;  ///< [rows, C]
  tensor::Matrix attended;           ///< [rows, C]
  tensor::Matrix kept_attended;      ///< [kept rows, C], where only some are kept
  tensor::Matrix log2_sums;          ///< [H, rows]
  ProductSaved of_query, of_key, of_value, of_output;

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
        // The softmax does not see the keys' bias: its gradient is zero, and a sum would be of rounding errors, from
        // which Adam makes whole steps.
        key_(buffers, prefix + ".key", shape.hidden, shape.hidden, AdaptedLinear::BiasGradient::kZero),
        value_(buffers, prefix + ".value", shape.hidden, shape.hidden),
        output_(buffers, prefix + ".output", shape.hidden, shape.hidden) {}

  /// x [rows, C] are packed sequences; the result of the kept rows is added to y [kept rows, C], which is x before.
  void Forward(std::span<const int64_t> offsets, tensor::ConstMatrixView x, KeptRows kept, Workspace& workspace,
               SelfAttentionSaved& saved, tensor::MatrixView y) const {
    norm_.Forward(x, workspace.normed());
    const auto multiply = [&](const AdaptedLinear& product, ProductSaved& of_product, tensor::Matrix& result) {
      product.Forward(workspace.normed(), ops::Accumulate::kReplace, workspace.products(), of_product, result.view());
    };
    multiply(query_, saved.of_query, saved.query);
    multiply(key_, saved.of_key, saved.key);
    multiply(value_, saved.of_value, saved.value);
    ops::AttentionForward(Inputs(offsets, saved), workspace.products().linear.products(), saved.attended.view(),
                          saved.log2_sums.view());
    if (kept) {
      saved.kept_attended.Resize(y.rows, y.cols, y.rows);
      GatherRows(saved.attended.view(), *kept, saved.kept_attended.view());
    }
    output_.Forward(Attended(kept, saved), ops::Accumulate::kAdd, workspace.products(), saved.of_output, y);
  }

  /// `grad` [kept rows, C] is the gradient of y; that of x goes to `grad_x` [rows, C], if it is wanted. With all rows
  /// kept these must be the same memory.
  void Backward(std::span<const int64_t> offsets, tensor::ConstMatrixView x, KeptRows kept,
                const SelfAttentionSaved& saved, Below below, Workspace& workspace, tensor::ConstMatrixView grad,
                tensor::MatrixView grad_x) const {
    const bool reaches_norm = below == Below::kTrained || !norm_.is_frozen();
    const bool reaches_inputs = reaches_norm || !query_.is_frozen() || !key_.is_frozen() || !value_.is_frozen();
    const tensor::MatrixView grad_normed = reaches_norm ? workspace.grad_normed() : tensor::MatrixView{};
    const tensor::MatrixView grad_attended = workspace.grad_normed();  // which is not needed yet
    const tensor::MatrixView grad_kept = kept ? workspace.GradKept(grad.rows, grad.cols) : grad_attended;
    output_.Backward(Attended(kept, saved), saved.of_output, grad, ops::Accumulate::kReplace, workspace.products(),
                     reaches_inputs ? grad_kept : tensor::MatrixView{});
    if (!reaches_inputs) return;
    if (kept) SpreadRows(grad_kept, *kept, grad_attended);
    ops::AttentionBackward(Inputs(offsets, saved), workspace.products().linear.products(),
                           {saved.attended.view(), saved.log2_sums.view()}, grad_attended,
                           {workspace.grad_query(), workspace.grad_key(), workspace.grad_value()});
    if (query_.needs_input() || key_.needs_input() || value_.needs_input()) norm_.Forward(x, workspace.normed());
    const auto backward = [&](const AdaptedLinear& product, const ProductSaved& of_product,
                              tensor::ConstMatrixView gradient, ops::Accumulate accumulate) {
      product.Backward(workspace.normed(), of_product, gradient, accumulate, workspace.products(), grad_normed);
    };
    backward(query_, saved.of_query, workspace.grad_query(), ops::Accumulate::kReplace);
    backward(key_, saved.of_key, workspace.grad_key(), ops::Accumulate::kAdd);
    backward(value_, saved.of_value, workspace.grad_value(), ops::Accumulate::kAdd);
    if (!reaches_norm) return;
    if (kept) SpreadRows(grad, *kept, grad_x);
    norm_.Backward(x, grad_normed, grad_x);
  }

  bool is_frozen() const {
    return norm_.is_frozen() && query_.is_frozen() && key_.is_frozen() && value_.is_frozen() && output_.is_frozen();
  }

 private:
  static tensor::ConstMatrixView Attended(KeptRows kept, const SelfAttentionSaved& saved) {
    return kept ? saved.kept_attended.view() : saved.attended.view();
  }

  ops::AttentionInputs Inputs(std::span<const int64_t> offsets, const SelfAttentionSaved& saved) const {
    return {saved.query.view(), saved.key.view(), saved.value.view(), offsets, heads_};
  }

  int64_t heads_;
  LayerNorm norm_;
  AdaptedLinear query_;
  AdaptedLinear key_;
  AdaptedLinear value_;
  AdaptedLinear output_;
};

}  // namespace agront::nn::training
