// SPDX-License-Identifier: Apache-2.0
// y = x + W_2 gelu(W_1 LayerNorm(x)) in training.
#pragma once

#include <string>

#include "agront/model_shape.h"
#include "nn/training/layer_norm.h"
#include "nn/training/linear.h"
#include "nn/training/workspace.h"
#include "ops/gelu/gelu.h"

namespace agront::nn::training {

/// What Backward needs beside x: the rest is quickly made again from it.
struct FeedForwardSaved {
  tensor::Matrix expanded;  ///< [rows, F], before gelu

  void Resize(int64_t rows, const ModelShape& shape) { expanded.Resize(rows, shape.ffn, rows); }
};

class FeedForward {
 public:
  /// Reads `prefix`.norm, .expand [F, C] and .contract [C, F].
  FeedForward(ParameterBuffers& buffers, const std::string& prefix, const ModelShape& shape)
      : norm_(buffers, prefix + ".norm", shape.hidden, shape.layer_norm_epsilon),
        expand_(buffers, prefix + ".expand", shape.ffn, shape.hidden),
        contract_(buffers, prefix + ".contract", shape.hidden, shape.ffn) {}

  /// Fills `saved` from x [rows, C]: what Forward does before its last product.
  void Expand(tensor::ConstMatrixView x, Workspace& workspace, FeedForwardSaved& saved) const {
    norm_.Forward(x, workspace.normed());
    expand_.Forward(workspace.normed(), ops::Epilogue::kNone, workspace.panels(), saved.expanded.view());
  }

  /// x is y before, where the result is added.
  void Forward(Workspace& workspace, FeedForwardSaved& saved, tensor::MatrixView y) const {
    Expand(y, workspace, saved);
    ops::GeluForward(saved.expanded.view().values(), workspace.inner().values());
    contract_.Forward(workspace.inner(), ops::Epilogue::kAdd, workspace.panels(), y);
  }

  /// `grad` [rows, C] is the gradient of y before and of x after.
  void Backward(tensor::ConstMatrixView x, const FeedForwardSaved& saved, Workspace& workspace,
                tensor::MatrixView grad) const {
    if (!contract_.is_frozen()) {
      ops::GeluForward(saved.expanded.view().values(), workspace.inner().values());
      contract_.BackwardParameters(workspace.inner(), grad, workspace.panels());
    }
    contract_.BackwardInput(grad, ops::Accumulate::kReplace, workspace.panels(), workspace.inner());
    ops::GeluBackward(saved.expanded.view().values(), workspace.inner().values());
    if (!expand_.is_frozen()) {
      norm_.Forward(x, workspace.normed());
      expand_.BackwardParameters(workspace.normed(), workspace.inner(), workspace.panels());
    }
    expand_.BackwardInput(workspace.inner(), ops::Accumulate::kReplace, workspace.panels(), workspace.grad_normed());
    norm_.Backward(x, workspace.grad_normed(), grad);
  }

 private:
  LayerNorm norm_;
  Linear expand_;
  Linear contract_;
};

}  // namespace agront::nn::training
