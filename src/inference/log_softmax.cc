// SPDX-License-Identifier: Apache-2.0
#include "inference/log_softmax.h"

#include <algorithm>
#include <cmath>

#include "base/parallel.h"

namespace agront::inference {

void LogSoftmax(tensor::MatrixView logits) {
  ParallelFor(logits.rows, [&](int64_t i) {
    const std::span<float> row = logits.row(i);
    const double most = *std::ranges::max_element(row);
    double sum = 0;
    for (const float x : row) sum += std::exp(static_cast<double>(x) - most);
    const double log_sum = most + std::log(sum);
    for (float& x : row) x = static_cast<float>(static_cast<double>(x) - log_sum);
  });
}

}  // namespace agront::inference
