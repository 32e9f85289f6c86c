// SPDX-License-Identifier: Apache-2.0
// y = x W^T + b in training.
#pragma once

#include <string>

#include "nn/training/parameter_buffers.h"
#include "ops/linear/linear.h"

namespace agront::nn::training {

class Linear {
 public:
  /// `prefix`.weight [out, in] and `prefix`.bias [out].
  Linear(ParameterBuffers& buffers, const std::string& prefix, int64_t out, int64_t in)
      : weight_(buffers.Find(prefix + ".weight", out, in)), bias_(buffers.Find(prefix + ".bias", out, 0)) {}

  void Forward(tensor::ConstMatrixView x, ops::Epilogue epilogue, ops::LinearScratch& scratch,
               tensor::MatrixView y) const {
    ops::LinearForward(x, weight_.weights, bias_.values, epilogue, scratch, y);
  }

  /// Both add to the gradient, unless the parameter is frozen.
  void BackwardWeights(tensor::ConstMatrixView x, tensor::ConstMatrixView grad_y, ops::LinearScratch& scratch) const {
    if (!weight_.is_frozen()) ops::LinearBackwardWeights(x, grad_y, scratch, weight_.gradient_matrix());
  }
  void BackwardBias(tensor::ConstMatrixView grad_y) const {
    if (!bias_.is_frozen()) ops::LinearBackwardBias(grad_y, bias_.gradient);
  }

  void BackwardParameters(tensor::ConstMatrixView x, tensor::ConstMatrixView grad_y,
                          ops::LinearScratch& scratch) const {
    BackwardWeights(x, grad_y, scratch);
    BackwardBias(grad_y);
  }

  void BackwardInput(tensor::ConstMatrixView grad_y, ops::Accumulate accumulate, ops::LinearScratch& scratch,
                     tensor::MatrixView grad_x) const {
    ops::LinearBackwardInput(grad_y, weight_.weights, accumulate, scratch, grad_x);
  }

  bool is_frozen() const { return weight_.is_frozen() && bias_.is_frozen(); }

 private:
  TrainedParameter weight_;
  TrainedParameter bias_;
};

}  // namespace agront::nn::training
