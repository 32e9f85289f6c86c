// SPDX-License-Identifier: Apache-2.0
// Cross-entropy and its gradient in plain loops, for tests.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace agront::ops {

template <class T>
struct CrossEntropyReferenceOutput {
  std::vector<T> losses, gradient;
};

template <class T>
CrossEntropyReferenceOutput<T> CrossEntropyReference(const std::vector<T>& logits, const std::vector<int32_t>& targets,
                                                     const std::vector<T>& weights) {
  const size_t columns = logits.size() / targets.size();
  CrossEntropyReferenceOutput<T> output{{}, std::vector<T>(logits.size())};
  for (size_t i = 0; i < targets.size(); ++i) {
    const T* row = logits.data() + i * columns;
    const T most = *std::max_element(row, row + columns);
    T sum = 0;
    for (size_t v = 0; v < columns; ++v) sum += std::exp(row[v] - most);
    output.losses.push_back(std::log(sum) + most - row[targets[i]]);
    for (size_t v = 0; v < columns; ++v)
      output.gradient[i * columns + v] =
          weights[i] * (std::exp(row[v] - most) / sum - (static_cast<int32_t>(v) == targets[i] ? 1 : 0));
  }
  return output;
}

}  // namespace agront::ops
