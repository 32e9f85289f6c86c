// SPDX-License-Identifier: Apache-2.0
// Products in 8-bit integers: y = x W^T with
//
//   x[i, k] ~ x_scale[i] (q[i, k] - zero[i])     q in 0 .. 127, found for each token (row)
//   W[j, k] ~ w_scale[j] w[j, k]                 w in -64 .. 64, one scale for each output channel
//   y[i, j] = x_scale[i] w_scale[j] (sum_k q[i, k] w[j, k] - zero[i] sum_k w[j, k])
//
// Processors without VNNI add products in 16 bits, with saturation. Four of these, 4 * 127 * 64 = 32,512, fit; so
// weights stay in [-64, 64], which files are held to as they are read (but for packed ones, whose bytes are taken as
// they are), all processors compute the same sums, and AVX2 needs three instructions for eight products and not four.
// The gain from an eighth bit of the inputs was not measurable (docs/performance.md).
#pragma once

#include <cstdint>
#include <span>

#include "tensor/matrix.h"

namespace agront::ops {

inline constexpr int32_t kMostInt8Weight = 64;
inline constexpr int32_t kMostInt8Input = 127;
/// Sums of more products could overflow 32 bits.
inline constexpr int64_t kMostInt8Terms = INT32_MAX / (kMostInt8Input * kMostInt8Weight);
/// Throws Error for more.
void CheckInt8Terms(int64_t in);

/// How the tokens of an activation were quantized.
struct RowQuantization {
  float scale;
  int32_t zero;
};

/// x [rows, cols] to rows of `quantized` that are `stride` values apart, by all threads; zeros fill them up. A row with
/// a value that is not finite gets the scale NaN, so that it cannot pass for a number.
void QuantizeRows(tensor::ConstMatrixView x, int64_t stride, std::span<uint8_t> quantized,
                  std::span<RowQuantization> rows);

/// One row by the thread that calls it; zeros fill up what `quantized` has more.
RowQuantization QuantizeRow(std::span<const float> row, std::span<uint8_t> quantized);

/// How an output channel's weights were quantized.
struct ChannelQuantization {
  float scale;          ///< the largest absolute value / 64; NaN when a value is not finite
  float squared_error;  ///< sum of the squares of what was lost
  float square;         ///< sum of the squares
};

ChannelQuantization QuantizeWeights(std::span<const float> weights, std::span<int8_t> quantized);

}  // namespace agront::ops
