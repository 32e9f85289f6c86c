// SPDX-License-Identifier: Apache-2.0
#include "ops/matmul/product_input.h"

#include "ops/bf16/bf16.h"
#include "ops/matmul/int8_panel_product.h"

namespace agront::ops {
namespace {

size_t ElementBytes(InputFormat format) {
  switch (format) {
    case InputFormat::kFloat32: return sizeof(float);
    case InputFormat::kBFloat16: return sizeof(uint16_t);
    case InputFormat::kUInt8: return sizeof(uint8_t);
  }
  return 0;
}

}  // namespace

void ProductInput::Set(tensor::ConstMatrixView x, InputFormat format) {
  format_ = format;
  x_ = x;
  if (format == InputFormat::kFloat32) return;
  const size_t needed = static_cast<size_t>(x.stored_rows * x.cols) * ElementBytes(format) + kInt8InputSlack;
  if (needed > converted_.size()) {
    converted_ = tensor::AlignedBuffer<std::byte>(needed);
    std::fill_n(converted_.data(), needed, std::byte{0});  // the extra rows of a product must be numbers
  }
  const auto count = static_cast<size_t>(x.rows * x.cols);
  if (format == InputFormat::kBFloat16)
    return RoundToBf16(x.values(), {reinterpret_cast<uint16_t*>(converted_.data()), count});
  if (quantization_.size() < static_cast<size_t>(x.rows)) quantization_.resize(static_cast<size_t>(x.rows));
  QuantizeRows(x, {reinterpret_cast<uint8_t*>(converted_.data()), count}, quantization_);
}

const void* ProductInput::row(int64_t i) const {
  const auto* first =
      format_ == InputFormat::kFloat32 ? reinterpret_cast<const std::byte*>(x_.data) : converted_.data();
  return first + static_cast<size_t>(i * x_.cols) * ElementBytes(format_);
}

}  // namespace agront::ops
