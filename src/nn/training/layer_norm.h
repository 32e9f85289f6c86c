// SPDX-License-Identifier: Apache-2.0
// Layer normalisation in training.
#pragma once

#include <string>

#include "nn/training/parameter_buffers.h"
#include "ops/layer_norm/layer_norm.h"

namespace agront::nn::training {

class LayerNorm {
 public:
  /// `prefix`.scale and `prefix`.offset, each [channels].
  LayerNorm(ParameterBuffers& buffers, const std::string& prefix, int64_t channels, float epsilon)
      : scale_(buffers.Find(prefix + ".scale", channels, 0)),
        offset_(buffers.Find(prefix + ".offset", channels, 0)),
        epsilon_(epsilon) {}

  /// x and y may be the same memory, but Backward needs x.
  void Forward(tensor::ConstMatrixView x, tensor::MatrixView y) const {
    ops::LayerNormForward(x, scale_.values, offset_.values, epsilon_, y);
  }

  /// Adds to the gradients of the parameters that are not frozen, and to grad_x.
  void Backward(tensor::ConstMatrixView x, tensor::ConstMatrixView grad_y, tensor::MatrixView grad_x) const {
    ops::LayerNormBackward(x, scale_.values, epsilon_, grad_y, {grad_x, scale_.gradient, offset_.gradient});
  }

  bool is_frozen() const { return scale_.is_frozen() && offset_.is_frozen(); }

 private:
  TrainedParameter scale_;
  TrainedParameter offset_;
  float epsilon_;
};

}  // namespace agront::nn::training
