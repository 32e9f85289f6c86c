// SPDX-License-Identifier: Apache-2.0
#include "ops/matmul/matmul.h"

#include <algorithm>
#include <vector>

#include "base/error.h"
#include "device/cpu/instruction_set.h"
#include "ops/matmul/weights_kernel.h"
#include "ops/op_times.h"

namespace agront::ops {
PackedWeights::PackedWeights() = default;
PackedWeights::~PackedWeights() = default;
PackedWeights::PackedWeights(PackedWeights&&) noexcept = default;
PackedWeights& PackedWeights::operator=(PackedWeights&&) noexcept = default;

PackedWeights::PackedWeights(StoredWeights weights, std::span<const float> bias, Precision precision) {
  std::visit([this](const auto& view) { in_ = view.in, out_ = view.out; }, weights);
  if (static_cast<int64_t>(bias.size()) != out_) Fail("matmul: {} weight rows, but {} biases", out_, bias.size());
  device::cpu::CheckInstructionSet();
  kernel_ = MakeKernel(std::move(weights), {bias.begin(), bias.end()}, precision);
}

InputFormat PackedWeights::input_format() const { return kernel_->input_format(); }

Precision PackedWeights::precision() const { return kernel_->precision(); }

PackedView PackedWeights::packed() const { return kernel_->packed(); }

std::string PackedWeights::KernelName(int64_t rows) const { return kernel_->Name(rows); }

void PackedWeights::CheckShapes(const ProductInput& x, const tensor::MatrixView& y) const {
  if (x.cols() != in_ || y.cols != out_ || x.rows() != y.rows)
    Fail("matmul: x [{}, {}] and y [{}, {}] do not fit weights [{}, {}]", x.rows(), x.cols(), y.rows, y.cols, out_,
         in_);
  if (x.format() != input_format()) Fail("matmul: x has another number format than the weights take");
  const int64_t rows = PaddedRows(y.rows);
  if (std::min(x.stored_rows(), y.stored_rows) < rows)
    Fail("matmul: expected room for {} rows, got {}", rows, std::min(x.stored_rows(), y.stored_rows));
}

void PackedWeights::Multiply(const ProductInput& x, Epilogue epilogue, tensor::MatrixView y) const {
  CheckShapes(x, y);
  const OpTimer timer(OpKind::kProduct, 2.0 * static_cast<double>(y.rows) * static_cast<double>(in_ * out_));
  kernel_->Multiply(x, epilogue, y);
}

void PackedWeights::MultiplyToInput(ProductInput& x, Epilogue epilogue, InputFormat next, tensor::MatrixView y) const {
  CheckShapes(x, y);
  if (epilogue == Epilogue::kAdd) Fail("matmul: a sum with y is no input alone");
  const size_t room = static_cast<size_t>(y.stored_rows * y.cols) * sizeof(float);
  if (next == InputFormat::kBFloat16Lines && ProductInput::LineBytes(y.stored_rows, y.cols) <= room) {
    const OpTimer timer(OpKind::kProduct, 2.0 * static_cast<double>(y.rows) * static_cast<double>(in_ * out_));
    auto* lines = reinterpret_cast<std::byte*>(y.data);
    if (kernel_->MultiplyToLines(x, epilogue, y.rows, lines)) return x.TakeLines(lines, y.rows, y.cols, y.stored_rows);
  }
  Multiply(x, epilogue, y);
  x.Set(y, next);
}

}  // namespace agront::ops
