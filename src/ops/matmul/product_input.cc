// SPDX-License-Identifier: Apache-2.0
#include "ops/matmul/product_input.h"

#include "base/error.h"
#include "ops/bf16/bf16.h"
#include "ops/tiles/tiles.h"

namespace agront::ops {
namespace {

bool IsInLines(InputFormat format) {
  return format == InputFormat::kBFloat16Lines || format == InputFormat::kUInt8Lines;
}

int64_t ElementBytes(InputFormat format) {
  switch (format) {
    case InputFormat::kFloat32: return sizeof(float);
    case InputFormat::kBFloat16:
    case InputFormat::kBFloat16Lines: return sizeof(uint16_t);
    case InputFormat::kUInt8:
    case InputFormat::kUInt8Lines: return sizeof(uint8_t);
  }
  return 0;
}

int64_t RoundUp(int64_t count, int64_t step) { return (count + step - 1) / step * step; }

/// Values from one row to the next.
int64_t Stride(int64_t cols, InputFormat format) {
  constexpr auto kLine = static_cast<int64_t>(kTileRowBytes);
  return IsInLines(format) ? RoundUp(cols, kLine / ElementBytes(format)) : cols;
}

size_t ConvertedBytes(int64_t stored_rows, int64_t cols, InputFormat format) {
  const int64_t rows = IsInLines(format) ? RoundUp(stored_rows, kTileRows) : stored_rows;
  return static_cast<size_t>(rows * Stride(cols, format) * ElementBytes(format)) + kInputSlack;
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

void ProductInput::Begin(tensor::ConstMatrixView x, InputFormat format) {
  format_ = format;
  x_ = x;
  lines_ = nullptr;
  if (format == InputFormat::kFloat32) return;
  if (x.stored_rows < x.rows) Fail("matmul: x has {} rows, but room for {}", x.rows, x.stored_rows);
  converted_.Use(ConvertedBytes(x.stored_rows, x.cols, format));
  if (ElementBytes(format) == sizeof(uint8_t)) quantization_.Use(static_cast<size_t>(x.rows));
}

void ProductInput::ConvertRow(int64_t i) {
  if (format_ == InputFormat::kFloat32) return;
  const auto size = static_cast<size_t>(stride());
  std::byte* row = converted_.data() + i * stride() * ElementBytes(format_);
  if (ElementBytes(format_) == sizeof(uint16_t))
    RoundRowToBf16(x_.row(i), {reinterpret_cast<uint16_t*>(row), size});
  else
    quantization_.data()[i] = QuantizeRow(x_.row(i), {reinterpret_cast<uint8_t*>(row), size});
}

void ProductInput::Set(tensor::ConstMatrixView x, InputFormat format) {
  Begin(x, format);
  if (format == InputFormat::kFloat32) return;
  const auto count = static_cast<size_t>(x.rows * stride());
  if (ElementBytes(format) == sizeof(uint16_t))
    return RoundRowsToBf16(x, stride(), {reinterpret_cast<uint16_t*>(converted_.data()), count});
  QuantizeRows(x, stride(), {reinterpret_cast<uint8_t*>(converted_.data()), count},
               {quantization_.data(), static_cast<size_t>(x.rows)});
}

size_t ProductInput::LineBytes(int64_t rows, int64_t cols) {
  return ConvertedBytes(rows, cols, InputFormat::kBFloat16Lines);
}

void ProductInput::TakeLines(const std::byte* lines, int64_t rows, int64_t cols, int64_t stored_rows) {
  format_ = InputFormat::kBFloat16Lines;
  x_ = {.data = nullptr, .rows = rows, .cols = cols, .stored_rows = stored_rows};
  lines_ = lines;
}

void ProductInput::Use(InputFormat format) {
  if (format == format_) return;
  if (lines_ != nullptr) Fail("matmul: the input was made as lines of bfloat16 and has no other values");
  Set(x_, format);
}

int64_t ProductInput::stride() const { return Stride(x_.cols, format_); }

const void* ProductInput::row(int64_t i) const {
  const std::byte* first = lines_ != nullptr                  ? lines_
                           : format_ == InputFormat::kFloat32 ? reinterpret_cast<const std::byte*>(x_.data)
                                                              : converted_.data();
  return first + i * stride() * ElementBytes(format_);
}

}  // namespace agront::ops
