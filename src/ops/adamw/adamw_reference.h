// SPDX-License-Identifier: Apache-2.0
// AdamW in plain loops, for tests.
#pragma once

#include <cmath>
#include <vector>

#include "ops/adamw/adamw.h"

namespace agront::ops {

struct AdamWReferenceState {
  std::vector<double> values, first_moments, second_moments;
};

inline void AdamWReference(const std::vector<double>& gradients, const AdamWSettings& settings, const AdamWStep& step,
                           AdamWReferenceState& state) {
  const auto t = static_cast<double>(step.number);
  for (size_t i = 0; i < gradients.size(); ++i) {
    const double g = step.gradient_scale * gradients[i];
    double& m = state.first_moments[i];
    double& v = state.second_moments[i];
    m = settings.beta1 * m + (1 - settings.beta1) * g;
    v = settings.beta2 * v + (1 - settings.beta2) * g * g;
    const double mean = m / (1 - std::pow(settings.beta1, t));
    const double root = std::sqrt(v / (1 - std::pow(settings.beta2, t)));
    state.values[i] =
        (1 - step.rate * settings.weight_decay) * state.values[i] - step.rate * mean / (root + settings.epsilon);
  }
}

}  // namespace agront::ops
