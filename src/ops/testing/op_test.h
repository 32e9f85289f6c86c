// SPDX-License-Identifier: Apache-2.0
// Shared by the tests of all ops: random values, and the error in the norm that tolerances are stated in.
#pragma once

#include <cmath>
#include <cstdint>
#include <random>
#include <span>
#include <vector>

#include "tensor/matrix.h"

namespace agront::ops {

inline std::vector<float> RandomValues(size_t count, uint64_t seed, float scale = 1.0f) {
  std::mt19937_64 generator(seed);
  std::normal_distribution<float> normal(0.0f, scale);
  std::vector<float> values(count);
  for (float& value : values) value = normal(generator);
  return values;
}

inline std::vector<double> Doubles(std::span<const float> values) { return {values.begin(), values.end()}; }

/// ||got - want|| / ||want||, Euclidean norms.
template <class T>
double RelativeError(std::span<const float> got, const std::vector<T>& want) {
  double difference = 0;
  double norm = 0;
  for (size_t i = 0; i < want.size(); ++i) {
    difference += std::pow(static_cast<double>(got[i]) - static_cast<double>(want[i]), 2);
    norm += std::pow(static_cast<double>(want[i]), 2);
  }
  return std::sqrt(difference / norm);
}

inline tensor::Matrix MatrixOf(const std::vector<float>& values, int64_t rows, int64_t stored_rows = 0) {
  tensor::Matrix matrix(rows, static_cast<int64_t>(values.size()) / rows, stored_rows);
  std::copy(values.begin(), values.end(), matrix.view().data);
  return matrix;
}

/// Rounding of float32.
inline constexpr double kEpsilon = 0x1p-24;

}  // namespace agront::ops
