// SPDX-License-Identifier: Apache-2.0
// The product in plain loops, for tests.
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "ops/matmul/matmul.h"

namespace agront::ops {

template <class T>
T GeluReference(T value) {
  return value * (1 + std::erf(value / std::sqrt(T(2)))) / 2;
}

/// x [rows, in], weights [out, in], bias [out], y [rows, out], all dense; kAdd adds to y.
template <class T>
void MatmulReference(const std::vector<T>& x, const std::vector<T>& weights, const std::vector<T>& bias, int64_t rows,
                     Epilogue epilogue, std::vector<T>& y) {
  const auto out = static_cast<int64_t>(bias.size());
  const int64_t in = static_cast<int64_t>(weights.size()) / out;
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t o = 0; o < out; ++o) {
      T sum = bias[o];
      for (int64_t i = 0; i < in; ++i) sum += x[r * in + i] * weights[o * in + i];
      T& value = y[r * out + o];
      value = epilogue == Epilogue::kGelu ? GeluReference(sum) : epilogue == Epilogue::kAdd ? value + sum : sum;
    }
  }
}

/// What the shorter GELU of low precision may add to the relative error of y: v has less than twice the norm of
/// gelu(v).
inline double ErrorOfGelu(Epilogue epilogue, InputFormat format) {
  const bool is_in_lines = format == InputFormat::kBFloat16Lines || format == InputFormat::kUInt8Lines;
  return epilogue == Epilogue::kGelu && is_in_lines ? 2 * kGeluErrorOfLines : 0;
}

}  // namespace agront::ops
