// SPDX-License-Identifier: Apache-2.0
// A product of a block in training, with what an adapter changes of it (model/parameters/adapter.h):
//
//   LoRA:                 y (+)= W x + b + scaling B A x
//   IA3 of the input:     y (+)= W (s x) + b
//   IA3 of the output:    y (+)= s (W x + b)
//
// The gradients go the same ways back. Weights that carry an adapter are frozen.
#pragma once

#include <string>

#include "base/error.h"
#include "nn/training/linear.h"
#include "ops/channel_scale/channel_scale.h"

namespace agront::nn::training {

/// The memory that one product leaves to the next to overwrite.
struct ProductScratch {
  explicit ProductScratch(Precision products) : linear(products) {}

  ops::LinearScratch linear;
  tensor::Matrix low_rank, grad_low_rank;  ///< [rows, rank]
  tensor::Matrix scaled;                   ///< [rows, in] or [rows, out]
};

/// Values that Backward needs beside x: with IA3 of the output, y before it was scaled.
struct ProductSaved {
  tensor::Matrix unscaled;  ///< [rows, out]
};

class AdaptedLinear {
 public:
  enum class BiasGradient { kComputed, kZero };

  /// `prefix`.weight [out, in] and `prefix`.bias [out], and the adapter of `prefix`.
  AdaptedLinear(ParameterBuffers& buffers, const std::string& prefix, int64_t out, int64_t in,
                BiasGradient bias_gradient = BiasGradient::kComputed)
      : product_(buffers, prefix, out, in),
        adapter_(buffers.FindAdapter(prefix, out, in)),
        bias_gradient_(bias_gradient) {
    if (IsAdapted() && !product_.is_frozen())
      Fail("training: {} has an adapter, but its weights are not frozen", prefix);
  }

  void Forward(tensor::ConstMatrixView x, ops::Accumulate accumulate, ProductScratch& scratch, ProductSaved& saved,
               tensor::MatrixView y) const {
    const auto epilogue = accumulate == ops::Accumulate::kAdd ? ops::Epilogue::kAdd : ops::Epilogue::kNone;
    if (adapter_.output_scales.exists()) {
      const tensor::MatrixView unscaled = Resized(saved.unscaled, y);
      product_.Forward(x, ops::Epilogue::kNone, scratch.linear, unscaled);
      ops::ChannelScale(unscaled, adapter_.output_scales.values, accumulate, y);
    } else if (adapter_.input_scales.exists()) {
      const tensor::MatrixView scaled = Resized(scratch.scaled, x);
      ops::ChannelScale(x, adapter_.input_scales.values, ops::Accumulate::kReplace, scaled);
      product_.Forward(scaled, epilogue, scratch.linear, y);
    } else {
      product_.Forward(x, epilogue, scratch.linear, y);
      if (HasLora())
        ops::LinearForward(LowRank(x, scratch), adapter_.lora_b.matrix(), {}, ops::Epilogue::kAdd, scratch.linear, y);
    }
  }

  /// Adds to the gradients of what is trained. grad_x is without data where it is not wanted; it may not be the memory
  /// of x, which is read only if needs_input().
  void Backward(tensor::ConstMatrixView x, const ProductSaved& saved, tensor::ConstMatrixView grad_y,
                ops::Accumulate accumulate, ProductScratch& scratch, tensor::MatrixView grad_x) const {
    if (adapter_.output_scales.exists()) {
      ops::ChannelScaleBackwardScales(saved.unscaled.view(), grad_y, adapter_.output_scales.gradient);
      if (grad_x.data == nullptr) return;
      const tensor::MatrixView scaled = Resized(scratch.scaled, grad_y);
      ops::ChannelScale(grad_y, adapter_.output_scales.values, ops::Accumulate::kReplace, scaled);
      product_.BackwardInput(scaled, accumulate, scratch.linear, grad_x);
    } else if (adapter_.input_scales.exists()) {
      const tensor::MatrixView grad_scaled = Resized(scratch.scaled, x);
      product_.BackwardInput(grad_y, ops::Accumulate::kReplace, scratch.linear, grad_scaled);
      ops::ChannelScaleBackwardScales(x, grad_scaled, adapter_.input_scales.gradient);
      if (grad_x.data != nullptr) ops::ChannelScale(grad_scaled, adapter_.input_scales.values, accumulate, grad_x);
    } else {
      product_.BackwardWeights(x, grad_y, scratch.linear);
      if (bias_gradient_ == BiasGradient::kComputed) product_.BackwardBias(grad_y);
      if (grad_x.data != nullptr) product_.BackwardInput(grad_y, accumulate, scratch.linear, grad_x);
      if (HasLora()) BackwardLora(x, grad_y, scratch, grad_x);
    }
  }

  bool is_frozen() const { return product_.is_frozen() && !IsAdapted(); }
  bool needs_input() const { return !product_.is_frozen() || HasLora() || adapter_.input_scales.exists(); }
  bool scales_output() const { return adapter_.output_scales.exists(); }

 private:
  static tensor::MatrixView Resized(tensor::Matrix& matrix, tensor::ConstMatrixView as) {
    matrix.Resize(as.rows, as.cols, as.rows);
    return matrix.view();
  }

  bool HasLora() const { return adapter_.lora_a.exists(); }
  bool IsAdapted() const { return HasLora() || adapter_.input_scales.exists() || adapter_.output_scales.exists(); }

  void Scale(tensor::MatrixView low_rank) const {
    for (float& value : low_rank.values()) value *= adapter_.lora_scaling;
  }

  /// scaling A x
  tensor::MatrixView LowRank(tensor::ConstMatrixView x, ProductScratch& scratch) const {
    scratch.low_rank.Resize(x.rows, adapter_.lora_a.rows, x.rows);
    const tensor::MatrixView low_rank = scratch.low_rank.view();
    ops::LinearForward(x, adapter_.lora_a.matrix(), {}, ops::Epilogue::kNone, scratch.linear, low_rank);
    Scale(low_rank);
    return low_rank;
  }

  void BackwardLora(tensor::ConstMatrixView x, tensor::ConstMatrixView grad_y, ProductScratch& scratch,
                    tensor::MatrixView grad_x) const {
    const TrainedParameter &a = adapter_.lora_a, &b = adapter_.lora_b;
    ops::LinearBackwardWeights(LowRank(x, scratch), grad_y, scratch.linear, b.gradient_matrix());
    const tensor::MatrixView grad = Resized(scratch.grad_low_rank, scratch.low_rank.view());
    ops::LinearBackwardInput(grad_y, b.matrix(), ops::Accumulate::kReplace, scratch.linear, grad);
    Scale(grad);
    ops::LinearBackwardWeights(x, grad, scratch.linear, a.gradient_matrix());
    if (grad_x.data != nullptr)
      ops::LinearBackwardInput(grad, a.matrix(), ops::Accumulate::kAdd, scratch.linear, grad_x);
  }

  Linear product_;
  ProductAdapter adapter_;
  BiasGradient bias_gradient_;
};

}  // namespace agront::nn::training
