// SPDX-License-Identifier: Apache-2.0
// One layer of the encoder in training: self-attention, then feed-forward, each added to the residual stream.
#pragma once

#include <algorithm>
#include <span>
#include <string>

#include "nn/training/feed_forward.h"
#include "nn/training/self_attention.h"

namespace agront::nn::training {

/// What Backward needs beside the block's input.
struct EncoderBlockSaved {
  SelfAttentionSaved attention;
  tensor::Matrix middle;  ///< [rows, C], the residual stream between the two
  FeedForwardSaved feed_forward;

  void Resize(int64_t rows, const ModelShape& shape) {
    attention.Resize(rows, shape);
    middle.Resize(rows, shape.hidden, rows);
    feed_forward.Resize(rows, shape);
  }
};

class EncoderBlock {
 public:
  /// Reads `prefix`.attention.* and `prefix`.ffn.*.
  EncoderBlock(ParameterBuffers& buffers, const std::string& prefix, const ModelShape& shape)
      : attention_(buffers, prefix + ".attention", shape), feed_forward_(buffers, prefix + ".ffn", shape) {}

  /// x and y [rows, C] are the residual stream of packed sequences; they may be the same memory.
  void Forward(std::span<const int64_t> offsets, tensor::ConstMatrixView x, Workspace& workspace,
               EncoderBlockSaved& saved, tensor::MatrixView y) const {
    RunAttention(offsets, x, workspace, saved);
    std::ranges::copy(saved.middle.view().values(), y.data);
    feed_forward_.Forward(workspace, saved.feed_forward, y);
  }

  /// Fills `saved` again, to the same bits: Forward without its result.
  void Recompute(std::span<const int64_t> offsets, tensor::ConstMatrixView x, Workspace& workspace,
                 EncoderBlockSaved& saved) const {
    RunAttention(offsets, x, workspace, saved);
    feed_forward_.Recompute(saved.middle.view(), workspace, saved.feed_forward);
  }

  /// `grad` [rows, C] is the gradient of y before and, if something below is trained, of x after.
  void Backward(std::span<const int64_t> offsets, tensor::ConstMatrixView x, const EncoderBlockSaved& saved,
                Below below, Workspace& workspace, tensor::MatrixView grad) const {
    const bool reaches_attention = below == Below::kTrained || !attention_.is_frozen();
    feed_forward_.Backward(saved.middle.view(), saved.feed_forward,
                           reaches_attention ? Below::kTrained : Below::kFrozen, workspace, grad);
    if (reaches_attention) attention_.Backward(offsets, x, saved.attention, below, workspace, grad);
  }

  bool is_frozen() const { return attention_.is_frozen() && feed_forward_.is_frozen(); }

 private:
  void RunAttention(std::span<const int64_t> offsets, tensor::ConstMatrixView x, Workspace& workspace,
                    EncoderBlockSaved& saved) const {
    std::ranges::copy(x.values(), saved.middle.view().data);
    attention_.Forward(offsets, workspace, saved.attention, saved.middle.view());
  }

  SelfAttention attention_;
  FeedForward feed_forward_;
};

}  // namespace agront::nn::training
