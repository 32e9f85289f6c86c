// SPDX-License-Identifier: Apache-2.0
// Gradients against differences of a reference in float64, for tests.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include "nn/random_parameters.h"

namespace agront::nn::training {

using NamedGradients = std::map<std::string, std::vector<float>>;

inline double Norm(std::span<const float> values) {
  double squares = 0;
  for (const float value : values) squares += static_cast<double>(value) * static_cast<double>(value);
  return std::sqrt(squares);
}

/// sum of weights y, whose gradient by y are the weights.
inline double WeightedSum(const std::vector<double>& y, std::span<const float> weights) {
  return std::inner_product(y.begin(), y.end(), weights.begin(), 0.0);
}

/// Along random directions, one parameter at a time, the gradient gives the central difference of `loss`, a float64
/// function of the values. What float32 rounds is measured by the gradient's norm; for a gradient of nearly nothing by
/// that of all of them.
inline void ExpectGradients(const NamedValues& values, const std::function<double(const NamedValues&)>& loss,
                            const NamedGradients& gradients) {
  constexpr double kStep = 1e-4, kTolerance = 1e-5;
  double all = 0;
  for (const auto& [name, gradient] : gradients) all = std::hypot(all, Norm(gradient));
  ASSERT_GT(all, 0);
  for (const auto& [name, gradient] : gradients)
    for (const uint64_t seed : {1, 2}) {
      const std::vector<float> direction = ops::RandomValues(gradient.size(), 1000 + seed);
      const auto loss_at = [&, &parameter = name](double step) {
        NamedValues moved = values;
        std::vector<double>& of_name = moved.at(parameter);
        for (size_t i = 0; i < of_name.size(); ++i) of_name[i] += step * static_cast<double>(direction[i]);
        return loss(moved);
      };
      const double want = (loss_at(kStep) - loss_at(-kStep)) / (2 * kStep);
      EXPECT_NEAR(WeightedSum(ops::Doubles(gradient), direction), want,
                  kTolerance * std::max(Norm(gradient), 1e-3 * all))
          << name;
    }
}

}  // namespace agront::nn::training
