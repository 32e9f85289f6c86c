// SPDX-License-Identifier: Apache-2.0
// Shared by the products of one model in training: their number format, and the memory in which they prepare operands.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "agront/precision.h"
#include "ops/matmul/bf16_product.h"
#include "tensor/aligned_buffer.h"

namespace agront::ops {

/// Throws UsageError for kInt8, and Error for kBf16 on a processor that does not multiply it.
void CheckProducts(Precision products);

/// Bytes of the scratch, when the largest left and right sides of products have so many values.
int64_t LinearScratchBytes(Precision products, int64_t left, int64_t right);

/// Each buffer grows to the largest and stays.
class LinearScratch {
 public:
  /// Throws as CheckProducts does.
  explicit LinearScratch(Precision products = Precision::kFp32) : products_(products) { CheckProducts(products); }

  Precision products() const { return products_; }

  /// For the packed side of a float32 product.
  std::span<float> Panels(size_t count) { return Room(panels_, count); }
  /// For the two sides of a bfloat16 product.
  std::span<uint16_t> Left(size_t count) { return Room(left_, count); }
  std::span<uint16_t> Right(size_t count) { return Room(right_, count); }
  Bf16Product& bf16_product() { return bf16_product_; }

 private:
  template <class T>
  static std::span<T> Room(tensor::ReusedBuffer<T>& buffer, size_t count) {
    buffer.Reserve(count);
    return {buffer.data(), count};
  }

  Precision products_;
  tensor::ReusedBuffer<float> panels_;
  tensor::ReusedBuffer<uint16_t> left_, right_;
  Bf16Product bf16_product_;
};

}  // namespace agront::ops
