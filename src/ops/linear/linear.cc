// SPDX-License-Identifier: Apache-2.0
#include "ops/linear/linear.h"

#include <algorithm>
#include <array>

#include "base/error.h"
#include "base/parallel.h"
#include "ops/matmul/panel_product.h"
#include "ops/op_times.h"

namespace agront::ops {
namespace {

/// y (+)= x right^T + bias, `right` [out, in] with any strides.
void Multiply(const ProductRows& x, const WeightView& right, std::span<const float> bias, Epilogue epilogue,
              PanelScratch& scratch, tensor::MatrixView y) {
  const OpTimer timer(OpKind::kProduct, 2.0 * static_cast<double>(x.rows) * static_cast<double>(right.out * right.in));
  const std::span<float> panels = scratch.Room(PanelWeightCount(right.out, right.in));
  PackPanels(right, panels);
  MultiplyPanels(x, {panels.data(), false, right.out, right.in, bias}, epilogue, y);
}

void Check(tensor::ConstMatrixView x, tensor::ConstMatrixView y, tensor::ConstMatrixView weights) {
  if (x.rows != y.rows || x.cols != weights.cols || y.cols != weights.rows)
    Fail("linear: x [{}, {}] and y [{}, {}] do not fit weights [{}, {}]", x.rows, x.cols, y.rows, y.cols, weights.rows,
         weights.cols);
}

}  // namespace

void LinearForward(tensor::ConstMatrixView x, tensor::ConstMatrixView weights, std::span<const float> bias,
                   Epilogue epilogue, PanelScratch& scratch, tensor::MatrixView y) {
  Check(x, y, weights);
  Multiply({x.data, x.rows, x.cols, x.cols, 1}, {weights.data, weights.rows, weights.cols, weights.cols, 1}, bias,
           epilogue, scratch, y);
}

void LinearBackwardInput(tensor::ConstMatrixView grad_y, tensor::ConstMatrixView weights, Accumulate accumulate,
                         PanelScratch& scratch, tensor::MatrixView grad_x) {
  Check(grad_x, grad_y, weights);
  Multiply({grad_y.data, grad_y.rows, grad_y.cols, grad_y.cols, 1},
           {weights.data, weights.cols, weights.rows, 1, weights.cols}, {},
           accumulate == Accumulate::kAdd ? Epilogue::kAdd : Epilogue::kNone, scratch, grad_x);
}

void LinearBackwardWeights(tensor::ConstMatrixView x, tensor::ConstMatrixView grad_y, PanelScratch& scratch,
                           tensor::MatrixView grad_weights) {
  Check(x, grad_y, grad_weights);
  if (x.rows == 0) return;
  Multiply({grad_y.data, grad_y.cols, grad_y.rows, 1, grad_y.cols}, {x.data, x.cols, x.rows, 1, x.cols}, {},
           Epilogue::kAdd, scratch, grad_weights);
}

void LinearBackwardBias(tensor::ConstMatrixView grad_y, std::span<float> grad_bias) {
  if (grad_y.cols != static_cast<int64_t>(grad_bias.size()))
    Fail("linear: gradients of {} outputs do not fit {} biases", grad_y.cols, grad_bias.size());
  // Sums of sums: the error of a long float32 sum grows with its length.
  constexpr int64_t kColumns = 128, kRows = 64;
  ParallelFor((grad_y.cols + kColumns - 1) / kColumns, [&](int64_t task) {
    const int64_t first = task * kColumns;
    const int64_t count = std::min(kColumns, grad_y.cols - first);
    for (int64_t begin = 0; begin < grad_y.rows; begin += kRows) {
      std::array<float, kColumns> sums{};
      for (int64_t i = begin; i < std::min(grad_y.rows, begin + kRows); ++i) {
        const float* row = grad_y.data + i * grad_y.cols + first;
        for (int64_t c = 0; c < count; ++c) sums[c] += row[c];
      }
      for (int64_t c = 0; c < count; ++c) grad_bias[first + c] += sums[c];
    }
  });
}

}  // namespace agront::ops
