// SPDX-License-Identifier: Apache-2.0
// Shared by the scorers of several outputs.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

namespace agront::scores {

/// The mean over outputs of the score at `index` of each, where that is a number. values [outputs, stride].
inline double MeanOfOutputs(std::span<const double> values, size_t index, size_t stride) {
  double sum = 0;
  int count = 0;
  for (size_t at = index; at < values.size(); at += stride) {
    if (std::isnan(values[at])) continue;
    sum += values[at];
    ++count;
  }
  return count == 0 ? std::numeric_limits<double>::quiet_NaN() : sum / count;
}

/// -ln of the probability of what is true, kept away from 0 and 1 as scikit-learn's log_loss does.
inline double LogLossOf(double probability) {
  constexpr double kLeast = std::numeric_limits<double>::epsilon();
  return -std::log(std::clamp(probability, kLeast, 1 - kLeast));
}

}  // namespace agront::scores
