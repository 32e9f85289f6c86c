// SPDX-License-Identifier: Apache-2.0
// y = x + W_2 gelu(W_1 LayerNorm(x)) in training.
#pragma once

#include <string>

#include "agront/model_shape.h"
#include "nn/training/adapted_linear.h"
#include "nn/training/layer_norm.h"
#include "nn/training/workspace.h"
#include "ops/gelu/gelu.h"

namespace agront::nn::training {

/// Values that Backward needs beside x: the rest is quickly recomputed from it.
struct FeedForwardSaved {
  tensor::Matrix expanded;  ///< [rows, F], before gelu
  ProductSaved of_expand, of_contract;

  void Resize(int64_t rows, const ModelShape& shape) { expanded.Resize(rows, shape.ffn, rows); }
};

class FeedForward {
 public:
  /// Reads `prefix`.norm, .expand [F, C] and .contract [C, F].
  FeedForward(ParameterBuffers& buffers, const std::string& prefix, const ModelShape& shape)
      : norm_(buffers, prefix + ".norm", shape.hidden, shape.layer_norm_epsilon),
        expand_(buffers, prefix + ".expand", shape.ffn, shape.hidden),
        contract_(buffers, prefix + ".contract", shape.hidden, shape.ffn) {}

  /// x is y [rows, C] before, where the result is added.
  void Forward(Workspace& workspace, FeedForwardSaved& saved, tensor::MatrixView y) const {
    Expand(y, workspace, saved);
    Contract(workspace, saved, y);
  }

  /// Fills `saved` from x [rows, C], to the same bits.
  void Recompute(tensor::ConstMatrixView x, Workspace& workspace, FeedForwardSaved& saved) const {
    Expand(x, workspace, saved);
    // Into memory that the backward pass does not need before it is written again.
    if (contract_.scales_output()) Contract(workspace, saved, workspace.grad_normed());
  }

  /// `grad` [rows, C] is the gradient of y before and, if it is wanted, of x after.
  void Backward(tensor::ConstMatrixView x, const FeedForwardSaved& saved, Below below, Workspace& workspace,
                tensor::MatrixView grad) const {
    const bool reaches_norm = below == Below::kTrained || !norm_.is_frozen();
    const bool reaches_expand = reaches_norm || !expand_.is_frozen();
    if (contract_.needs_input()) ops::GeluForward(saved.expanded.view().values(), workspace.inner().values());
    contract_.Backward(workspace.inner(), saved.of_contract, grad, ops::Accumulate::kReplace, workspace.products(),
                       reaches_expand ? workspace.grad_inner() : tensor::MatrixView{});
    if (!reaches_expand) return;
    ops::GeluBackward(saved.expanded.view().values(), workspace.grad_inner().values());
    if (expand_.needs_input()) norm_.Forward(x, workspace.normed());
    expand_.Backward(workspace.normed(), saved.of_expand, workspace.grad_inner(), ops::Accumulate::kReplace,
                     workspace.products(), reaches_norm ? workspace.grad_normed() : tensor::MatrixView{});
    if (reaches_norm) norm_.Backward(x, workspace.grad_normed(), grad);
  }

  bool is_frozen() const { return norm_.is_frozen() && expand_.is_frozen() && contract_.is_frozen(); }

 private:
  void Expand(tensor::ConstMatrixView x, Workspace& workspace, FeedForwardSaved& saved) const {
    norm_.Forward(x, workspace.normed());
    expand_.Forward(workspace.normed(), ops::Accumulate::kReplace, workspace.products(), saved.of_expand,
                    saved.expanded.view());
  }

  void Contract(Workspace& workspace, FeedForwardSaved& saved, tensor::MatrixView y) const {
    ops::GeluForward(saved.expanded.view().values(), workspace.inner().values());
    contract_.Forward(workspace.inner(), ops::Accumulate::kAdd, workspace.products(), saved.of_contract, y);
  }

  LayerNorm norm_;
  AdaptedLinear expand_;
  AdaptedLinear contract_;
};

}  // namespace agront::nn::training
