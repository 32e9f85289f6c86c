// SPDX-License-Identifier: Apache-2.0
#include "training/learning_rate.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace agront::training {

std::string_view Name(Decay decay) {
  switch (decay) {
    case Decay::kNone: return "none";
    case Decay::kSquareRoot: return "sqrt";
    case Decay::kCosine: return "cosine";
    case Decay::kLinear: return "linear";
  }
  return "unknown";
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
