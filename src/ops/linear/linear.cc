// SPDX-License-Identifier: Apache-2.0
#include "ops/linear/linear.h"

#include <algorithm>
#include <array>
#include <utility>
#include <variant>

#include "base/error.h"
#include "base/parallel.h"
#include "ops/matmul/panels/panel_product.h"
#include "ops/op_times.h"

namespace agront::ops {
namespace {

struct Size {
  int64_t out;
  int64_t in;
};

Size SizeOf(tensor::ConstMatrixView weights) { return {weights.rows, weights.cols}; }
Size SizeOf(const Bf16WeightView& weights) { return {weights.out, weights.in}; }
Size SizeOf(const Int8WeightView& weights) { return {weights.out, weights.in}; }
Size SizeOf(const RowMajorWeights& weights) {
  return std::visit([](const auto& view) { return SizeOf(view); }, weights);
}

/// y (+)= x right^T + bias, where `right` is the weights as they are, or their transpose.
void Multiply(const ProductRows& x, const RowMajorWeights& weights, Orientation orientation,
              std::span<const float> bias, Epilogue epilogue, LinearScratch& scratch, tensor::MatrixView y) {
  auto [out, in] = SizeOf(weights);
  if (orientation == Orientation::kTransposed) std::swap(out, in);
  const OpTimer timer(OpKind::kProduct, 2.0 * static_cast<double>(x.rows) * static_cast<double>(out * in));
  const std::span<float> panels = scratch.Panels(PanelWeightCount(out, in));
  PackPanels(weights, orientation, panels);
  MultiplyPanels(x, {panels.data(), false, out, in, bias}, epilogue, y);
}

bool UsesBf16(const LinearScratch& scratch, const RowMajorWeights& weights) {
  return scratch.products() == Precision::kBf16 && !std::holds_alternative<Int8WeightView>(weights);
}

Bf16Operand OperandOf(tensor::ConstMatrixView matrix) { return RowMajor(matrix.data, matrix.rows, matrix.cols); }

Bf16Operand OperandOf(const RowMajorWeights& weights) {
  if (const auto* bf16 = std::get_if<Bf16WeightView>(&weights)) return RowMajor(bf16->data, bf16->out, bf16->in);
  return OperandOf(std::get<tensor::ConstMatrixView>(weights));
}

void Multiply(const Bf16Operand& a, const Bf16Operand& b, std::span<const float> bias, Epilogue epilogue,
              LinearScratch& scratch, tensor::MatrixView y) {
  const OpTimer timer(OpKind::kProduct, 2.0 * static_cast<double>(a.rows * a.cols) * static_cast<double>(b.cols));
  scratch.bf16_product().Multiply(a, b, bias, epilogue, y);
}

Epilogue EpilogueOf(Accumulate accumulate) { return accumulate == Accumulate::kAdd ? Epilogue::kAdd : Epilogue::kNone; }

void Check(tensor::ConstMatrixView x, tensor::ConstMatrixView y, Size weights) {
  if (x.rows != y.rows || x.cols != weights.in || y.cols != weights.out)
    Fail("linear: x [{}, {}] and y [{}, {}] do not fit weights [{}, {}]", x.rows, x.cols, y.rows, y.cols, weights.out,
         weights.in);
}

}  // namespace

void LinearForward(tensor::ConstMatrixView x, const RowMajorWeights& weights, std::span<const float> bias,
                   Epilogue epilogue, LinearScratch& scratch, tensor::MatrixView y) {
  Check(x, y, SizeOf(weights));
  if (UsesBf16(scratch, weights))
    return Multiply(OperandOf(x), Transposed(OperandOf(weights)), bias, epilogue, scratch, y);
  Multiply({x.data, x.rows, x.cols, x.cols, 1}, weights, Orientation::kAsIs, bias, epilogue, scratch, y);
}

void LinearBackwardInput(tensor::ConstMatrixView grad_y, const RowMajorWeights& weights, Accumulate accumulate,
                         LinearScratch& scratch, tensor::MatrixView grad_x) {
  Check(grad_x, grad_y, SizeOf(weights));
  const Epilogue epilogue = EpilogueOf(accumulate);
  if (UsesBf16(scratch, weights)) return Multiply(OperandOf(grad_y), OperandOf(weights), {}, epilogue, scratch, grad_x);
  Multiply({grad_y.data, grad_y.rows, grad_y.cols, grad_y.cols, 1}, weights, Orientation::kTransposed, {}, epilogue,
           scratch, grad_x);
}

void LinearBackwardWeights(tensor::ConstMatrixView x, tensor::ConstMatrixView grad_y, LinearScratch& scratch,
                           tensor::MatrixView grad_weights) {
  Check(x, grad_y, {grad_weights.rows, grad_weights.cols});
  if (x.rows == 0) return;
  if (UsesBf16(scratch, x))
    return Multiply(Transposed(OperandOf(grad_y)), OperandOf(x), {}, Epilogue::kAdd, scratch, grad_weights);
  Multiply({grad_y.data, grad_y.cols, grad_y.rows, 1, grad_y.cols}, x, Orientation::kTransposed, {}, Epilogue::kAdd,
           scratch, grad_weights);
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
