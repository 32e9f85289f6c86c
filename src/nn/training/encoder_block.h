// SPDX-License-Identifier: Apache-2.0
// One layer of the encoder in training: self-attention, then feed-forward, each added to the residual stream.
#pragma once

#include <algorithm>
#include <span>
#include <string>

#include "nn/training/feed_forward.h"
#include "nn/training/self_attention.h"

namespace agront::nn::training {

/// Values that Backward needs beside the block's input.
struct EncoderBlockSaved {
  SelfAttentionSaved attention;
  tensor::Matrix middle;  ///< [kept rows, C], the residual stream between the two
  FeedForwardSaved feed_forward;

  void Resize(int64_t rows, int64_t kept_rows, const ModelShape& shape) {
    attention.Resize(rows, shape);
    middle.Resize(kept_rows, shape.hidden, kept_rows);
    feed_forward.Resize(kept_rows, shape);
  }
};

/// Only attention looks at other rows. So the last block goes on, after attention, with the rows that are `kept` for
/// what stands on top.
class EncoderBlock {
 public:
  /// Reads `prefix`.attention.* and `prefix`.ffn.*.
  EncoderBlock(ParameterBuffers& buffers, const std::string& prefix, const ModelShape& shape)
      : shape_(shape),
        attention_(buffers, prefix + ".attention", shape),
        feed_forward_(buffers, prefix + ".ffn", shape) {}

  /// x [rows, C] and y [kept rows, C] are the residual stream of packed sequences; with all rows kept they may be the
  /// same memory.
  void Forward(std::span<const int64_t> offsets, tensor::ConstMatrixView x, KeptRows kept, Workspace& workspace,
               EncoderBlockSaved& saved, tensor::MatrixView y) const {
    saved.Resize(x.rows, y.rows, shape_);
    RunAttention(offsets, x, kept, workspace, saved);
    std::ranges::copy(saved.middle.view().values(), y.data);
    workspace.Resize(y.rows, shape_);
    feed_forward_.Forward(workspace, saved.feed_forward, y);
  }

  /// Fills `saved` again, to the same bits: Forward of all rows without its result.
  void Recompute(std::span<const int64_t> offsets, tensor::ConstMatrixView x, Workspace& workspace,
                 EncoderBlockSaved& saved) const {
    saved.Resize(x.rows, x.rows, shape_);
    RunAttention(offsets, x, {}, workspace, saved);
    feed_forward_.Recompute(saved.middle.view(), workspace, saved.feed_forward);
  }

  /// `grad` [kept rows, C] is the gradient of y; after, `grad_x` [rows, C] is that of x if something below is trained.
  /// With all rows kept these must be the same memory.
  void Backward(std::span<const int64_t> offsets, tensor::ConstMatrixView x, KeptRows kept,
                const EncoderBlockSaved& saved, Below below, Workspace& workspace, tensor::MatrixView grad,
                tensor::MatrixView grad_x) const {
    const bool reaches_attention = below == Below::kTrained || !attention_.is_frozen();
    workspace.Resize(grad.rows, shape_);
    feed_forward_.Backward(saved.middle.view(), saved.feed_forward,
                           reaches_attention ? Below::kTrained : Below::kFrozen, workspace, grad);
    if (!reaches_attention) return;
    workspace.Resize(x.rows, shape_);
    attention_.Backward(offsets, x, kept, saved.attention, below, workspace, grad, grad_x);
  }

  bool is_frozen() const { return attention_.is_frozen() && feed_forward_.is_frozen(); }

 private:
  void RunAttention(std::span<const int64_t> offsets, tensor::ConstMatrixView x, KeptRows kept, Workspace& workspace,
                    EncoderBlockSaved& saved) const {
    workspace.Resize(x.rows, shape_);
    if (kept)
      GatherRows(x, *kept, saved.middle.view());
    else
      std::ranges::copy(x.values(), saved.middle.view().data);
    attention_.Forward(offsets, x, kept, workspace, saved.attention, saved.middle.view());
  }

  ModelShape shape_;
  SelfAttention attention_;
  FeedForward feed_forward_;
};

}  // namespace agront::nn::training
