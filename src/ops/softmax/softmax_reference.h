// SPDX-License-Identifier: Apache-2.0
// Softmax in plain loops, for tests.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace agront::ops {

/// y [rows, columns] = exp(x) / sum over the row of exp(x)
template <class T>
std::vector<T> SoftmaxReference(const std::vector<T>& x, int64_t columns) {
  std::vector<T> y;
  for (auto row = x.begin(); row != x.end(); row += columns) {
    const T most = *std::max_element(row, row + columns);
    T sum = 0;
    for (auto value = row; value != row + columns; ++value) sum += std::exp(*value - most);
    for (auto value = row; value != row + columns; ++value) y.push_back(std::exp(*value - most) / sum);
  }
  return y;
}

}  // namespace agront::ops
