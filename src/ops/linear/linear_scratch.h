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
  std::span<float> Panels(size_t count) {
    panels_.Reserve(count);
    return {panels_.data(), count};
  }
  Bf16Product& bf16_product() { return bf16_product_; }

 private:
  Precision products_;
  tensor::ReusedBuffer<float> panels_;
  Bf16Product bf16_product_;
};

}  // namespace agront::ops
