// SPDX-License-Identifier: Apache-2.0
#include "ops/matmul/product_input.h"

#include "ops/bf16/bf16.h"

namespace agront::ops {

void ProductInput::Set(tensor::ConstMatrixView x, InputFormat format) {
  format_ = format;
  x_ = x;
  if (format == InputFormat::kFloat32) return;
  const auto needed = static_cast<size_t>(x.stored_rows * x.cols);
  if (needed > rounded_.size()) {
    rounded_ = tensor::AlignedBuffer<uint16_t>(needed);
    std::fill_n(rounded_.data(), needed, uint16_t{0});  // the extra rows of a product must be numbers
  }
  const auto count = static_cast<size_t>(x.rows * x.cols);
  RoundToBf16(x.values(), {rounded_.data(), count});
}

const void* ProductInput::data() const {
  return format_ == InputFormat::kFloat32 ? static_cast<const void*>(x_.data) : rounded_.data();
}

}  // namespace agront::ops
