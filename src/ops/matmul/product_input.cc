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

size_t ConvertedBytes(int64_t stored_rows, int64_t cols, InputFormat format) {
  return static_cast<size_t>(stored_rows * cols) * ElementBytes(format) + kInt8InputSlack;
}

}  // namespace

int64_t ProductInput::Bytes(int64_t stored_rows, int64_t cols, InputFormat format) {
  if (format == InputFormat::kFloat32) return 0;
  const size_t rows = static_cast<size_t>(stored_rows) * sizeof(RowQuantization);
  return static_cast<int64_t>(ConvertedBytes(stored_rows, cols, format) + rows);
}

void ProductInput::Reserve(int64_t stored_rows, int64_t cols, InputFormat format) {
  if (format == InputFormat::kFloat32) return;
  converted_.Reserve(ConvertedBytes(stored_rows, cols, format));
  quantization_.Reserve(static_cast<size_t>(stored_rows));
}

void ProductInput::Set(tensor::ConstMatrixView x, InputFormat format) {
  format_ = format;
  x_ = x;
  if (format == InputFormat::kFloat32) return;
  converted_.Use(ConvertedBytes(x.stored_rows, x.cols, format));  // the extra rows of a product must be numbers
  const auto count = static_cast<size_t>(x.rows * x.cols);
  if (format == InputFormat::kBFloat16)
    return RoundToBf16(x.values(), {reinterpret_cast<uint16_t*>(converted_.data()), count});
  const auto rows = static_cast<size_t>(x.rows);
  quantization_.Use(rows);
  QuantizeRows(x, {reinterpret_cast<uint8_t*>(converted_.data()), count}, {quantization_.data(), rows});
}

const void* ProductInput::row(int64_t i) const {
  const auto* first =
      format_ == InputFormat::kFloat32 ? reinterpret_cast<const std::byte*>(x_.data) : converted_.data();
  return first + static_cast<size_t>(i * x_.cols) * ElementBytes(format_);
}

}  // namespace agront::ops
