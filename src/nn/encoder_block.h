// SPDX-License-Identifier: Apache-2.0
// One layer of the encoder: self-attention, then feed-forward, each added to the residual stream (pre-LN).
#pragma once

#include <span>
#include <string>

#include "nn/feed_forward.h"
#include "nn/self_attention.h"

namespace agront::nn {

class EncoderBlock {
 public:
  /// Reads `prefix`.attention.* and `prefix`.ffn.*.
  EncoderBlock(ParameterSource& source, const std::string& prefix, const ModelShape& shape, Precision precision)
      : attention_(source, prefix + ".attention", shape, precision),
        feed_forward_(source, prefix + ".ffn", shape, precision) {}

  /// x [rows, C] is the residual stream of packed sequences; `maps` of this layer are filled on the way.
  void Forward(std::span<const int64_t> offsets, std::span<const AttentionMapOutput> maps, Workspace& workspace,
               tensor::MatrixView x) const {
    attention_.Forward(offsets, maps, workspace, x);
    feed_forward_.Forward(workspace, x);
  }

  /// The same for some rows alone: `chosen` becomes what they would be in x, which stays. Narrows the workspace to
  /// them.
  void Forward(std::span<const int64_t> offsets, Workspace& workspace, tensor::ConstMatrixView x,
               const ChosenRows& chosen) const {
    attention_.Forward(offsets, workspace, x, chosen);
    feed_forward_.Forward(workspace, chosen.values);
  }

 private:
  SelfAttention attention_;
  FeedForward feed_forward_;
};

}  // namespace agront::nn
