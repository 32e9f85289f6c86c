// SPDX-License-Identifier: Apache-2.0
#include "training/learning_rate.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/error.h"

namespace agront::training {

Decay ParseDecay(std::string_view name) {
  if (name == "none") return Decay::kNone;
  if (name == "sqrt") return Decay::kSquareRoot;
  if (name == "cosine") return Decay::kCosine;
  if (name == "linear") return Decay::kLinear;
  FailUsage("decay: expected none, sqrt, cosine or linear, got {:?}", name);
}

double LearningRate::At(int64_t number) const {
  const auto t = static_cast<double>(number);
  const auto warm = static_cast<double>(warmup);
  if (number <= warmup) return start + (peak - start) * t / warm;
  if (decay == Decay::kNone) return peak;
  if (decay == Decay::kSquareRoot) return peak * std::sqrt(std::max(1.0, warm) / t);
  const double done = std::min(1.0, (t - warm) / std::max(1.0, static_cast<double>(total) - warm));
  const double left = decay == Decay::kLinear ? 1 - done : (1 + std::cos(std::numbers::pi * done)) / 2;
  return final + (peak - final) * left;
}

}  // namespace agront::training
