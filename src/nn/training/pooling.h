// SPDX-License-Identifier: Apache-2.0
// From the residual stream to one vector an example: the final LayerNorm of the rows that count, and their weighted
// sum. With a query q the weights within a window are softmax(q . h / sqrt(C)) of its rows h, else they are given.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "agront/model_shape.h"
#include "nn/training/layer_norm.h"
#include "ops/linear/linear.h"
#include "ops/pooling/pooling.h"

namespace agront::nn::training {

/// Which rows of a batch count, and for how much.
struct PooledRows {
  std::vector<int64_t> rows;      ///< of the batch
  std::vector<int64_t> windows;   ///< in `rows`: where each window begins, and the end of the last
  std::vector<int64_t> examples;  ///< the same of examples
  std::vector<float> weights;     ///< of each row in its example's sum; with a query: that of all rows of its window
};

/// Values that Backward needs, and its scratch.
struct PoolingSaved {
  tensor::ConstMatrixView x;    ///< [rows that count, C] of the residual stream, as long as it stays there
  tensor::Matrix normed;        ///< [rows, C], after the LayerNorm
  tensor::Matrix scores;        ///< [rows, 1]: with a query, after the softmax
  std::vector<float> weights;   ///< of each row
  tensor::Matrix pooled;        ///< [examples, C]
  tensor::Matrix grad, grad_x;  ///< [rows, C]
  tensor::Matrix grad_scores;   ///< [rows, 1]
};

class Pooling {
 public:
  enum class Query { kNone, kLearned };

  /// Reads encoder.norm, and task.pool.query [C] if it is learned.
  Pooling(ParameterBuffers& buffers, const ModelShape& shape, Query query)
      : norm_(buffers, "encoder.norm", shape.hidden, shape.layer_norm_epsilon) {
    if (query == Query::kLearned) query_ = buffers.Find("task.pool.query", shape.hidden, 0);
  }

  /// From the residual stream at pooled.rows, x [rows, C], to saved.pooled; x must stay as it is until Backward.
  void Forward(tensor::ConstMatrixView x, const PooledRows& pooled, ops::LinearScratch& scratch,
               PoolingSaved& saved) const {
    saved.x = x;
    saved.normed.Resize(x.rows, x.cols, x.rows);
    norm_.Forward(x, saved.normed.view());
    saved.weights = pooled.weights;
    if (query_.exists()) {
      saved.scores.Resize(x.rows, 1, x.rows);
      const tensor::MatrixView scores = saved.scores.view();
      ops::LinearForward(saved.normed.view(), QueryMatrix(), {}, ops::Epilogue::kNone, scratch, scores);
      for (float& score : scores.values()) score *= ScoreScale();
      ops::GroupSoftmaxForward(pooled.windows, scores.values());
      std::ranges::transform(scores.values(), saved.weights, saved.weights.begin(), std::multiplies<>());
    }
    const auto examples = static_cast<int64_t>(pooled.examples.size()) - 1;
    saved.pooled.Resize(examples, x.cols, examples);
    ops::PoolingForward(saved.normed.view(), pooled.examples, saved.weights, saved.pooled.view());
  }

  /// Adds to the gradients of what is trained; that of x is saved.grad_x.
  void Backward(const PooledRows& pooled, tensor::ConstMatrixView grad_pooled, ops::LinearScratch& scratch,
                PoolingSaved& saved) const {
    for (tensor::Matrix* matrix : {&saved.grad, &saved.grad_x})
      matrix->Resize(saved.x.rows, saved.x.cols, saved.x.rows);
    const tensor::MatrixView grad = saved.grad.view(), grad_x = saved.grad_x.view();
    ops::PoolingBackward(grad_pooled, pooled.examples, saved.weights, grad);
    if (query_.exists()) BackwardQuery(pooled, grad_pooled, scratch, saved);
    std::ranges::fill(grad_x.values(), 0.0f);
    norm_.Backward(saved.x, grad, grad_x);
  }

  bool is_frozen() const { return norm_.is_frozen() && query_.is_frozen(); }

 private:
  tensor::ConstMatrixView QueryMatrix() const { return {query_.values.data(), 1, query_.rows, 1}; }
  float ScoreScale() const { return 1 / std::sqrt(static_cast<float>(query_.rows)); }

  /// Adds what goes through the weights to saved.grad.
  void BackwardQuery(const PooledRows& pooled, tensor::ConstMatrixView grad_pooled, ops::LinearScratch& scratch,
                     PoolingSaved& saved) const {
    saved.grad_scores.Resize(saved.x.rows, 1, saved.x.rows);
    const tensor::MatrixView gradient = saved.grad_scores.view();
    ops::PoolingBackwardWeights(saved.normed.view(), grad_pooled, pooled.examples, gradient.values());
    std::ranges::transform(gradient.values(), pooled.weights, gradient.values().begin(), std::multiplies<>());
    ops::GroupSoftmaxBackward(pooled.windows, saved.scores.view().values(), gradient.values());
    for (float& value : gradient.values()) value *= ScoreScale();
    ops::LinearBackwardWeights(saved.normed.view(), gradient, scratch, {query_.gradient.data(), 1, query_.rows, 1});
    ops::LinearBackwardInput(gradient, QueryMatrix(), ops::Accumulate::kAdd, scratch, saved.grad.view());
  }

  LayerNorm norm_;
  TrainedParameter query_;
};

}  // namespace agront::nn::training
