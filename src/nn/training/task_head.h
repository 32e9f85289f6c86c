// SPDX-License-Identifier: Apache-2.0
// The head of a task in training: outputs = W x + b, or W tanh(W_d x + b_d) + b.
#pragma once

#include <cstdint>
#include <optional>

#include "nn/training/linear.h"
#include "ops/tanh/tanh.h"

namespace agront::nn::training {

/// Values that Backward needs, and its scratch.
struct TaskHeadSaved {
  tensor::Matrix dense;               ///< [rows, C], after tanh
  tensor::Matrix outputs;             ///< [rows, outputs], of which the caller makes the gradient
  tensor::Matrix grad_dense, grad_x;  ///< [rows, C]
};

class TaskHead {
 public:
  enum class Kind { kLinear, kMlp };

  /// Reads task.out [outputs, C], and task.dense [C, C] of kMlp.
  TaskHead(ParameterBuffers& buffers, Kind kind, int64_t hidden, int64_t outputs)
      : out_(buffers, "task.out", outputs, hidden), hidden_(hidden), outputs_(outputs) {
    if (kind == Kind::kMlp) dense_.emplace(buffers, "task.dense", hidden, hidden);
  }

  /// From x [rows, C] to saved.outputs.
  void Forward(tensor::ConstMatrixView x, ops::LinearScratch& scratch, TaskHeadSaved& saved) const {
    saved.outputs.Resize(x.rows, outputs_, x.rows);
    tensor::ConstMatrixView input = x;
    if (dense_) {
      saved.dense.Resize(x.rows, hidden_, x.rows);
      const tensor::MatrixView dense = saved.dense.view();
      dense_->Forward(x, ops::Epilogue::kNone, scratch, dense);
      ops::TanhForward(dense.values(), dense.values());
      input = dense;
    }
    out_.Forward(input, ops::Epilogue::kNone, scratch, saved.outputs.view());
  }

  /// From the gradient in saved.outputs to that of x, in saved.grad_x unless `below` is frozen.
  void Backward(tensor::ConstMatrixView x, Below below, ops::LinearScratch& scratch, TaskHeadSaved& saved) const {
    const tensor::ConstMatrixView grad_outputs = saved.outputs.view();
    saved.grad_x.Resize(x.rows, hidden_, x.rows);
    out_.BackwardParameters(dense_ ? saved.dense.view() : x, grad_outputs, scratch);
    if (!dense_) {
      if (below == Below::kTrained)
        out_.BackwardInput(grad_outputs, ops::Accumulate::kReplace, scratch, saved.grad_x.view());
      return;
    }
    saved.grad_dense.Resize(x.rows, hidden_, x.rows);
    const tensor::MatrixView grad_dense = saved.grad_dense.view();
    out_.BackwardInput(grad_outputs, ops::Accumulate::kReplace, scratch, grad_dense);
    ops::TanhBackward(saved.dense.view().values(), grad_dense.values());
    dense_->BackwardParameters(x, grad_dense, scratch);
    if (below == Below::kTrained)
      dense_->BackwardInput(grad_dense, ops::Accumulate::kReplace, scratch, saved.grad_x.view());
  }

 private:
  std::optional<Linear> dense_;
  Linear out_;
  int64_t hidden_;
  int64_t outputs_;
};

}  // namespace agront::nn::training
