// SPDX-License-Identifier: Apache-2.0
// From the sums of an 8-bit product to its result (ops/int8/int8.h has the formula).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "ops/int8/int8.h"
#include "ops/matmul/epilogue.h"
#include "ops/matmul/weight_views.h"
#include "tensor/matrix.h"

namespace agront::ops {

/// The sum of the weights of each output channel.
std::vector<int32_t> Int8WeightSums(const Int8WeightView& weights);

/// The result of a product from its sums.
struct Int8Sums {
  const int32_t* sums;                    ///< [rows, out]
  std::span<const RowQuantization> rows;  ///< of x
  std::span<const int32_t> weight_sums;   ///< [out], sum_k w
  std::span<const float> weight_scales;   ///< [out]
  std::span<const float> bias;            ///< [out]
};

/// y [rows, out] of the sums, with bias and epilogue, by all threads.
void FinishInt8Product(const Int8Sums& sums, Epilogue epilogue, tensor::MatrixView y);

}  // namespace agront::ops
