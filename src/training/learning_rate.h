// SPDX-License-Identifier: Apache-2.0
// The learning rate of each update.
#pragma once

#include <cstdint>
#include <string_view>

#include "agront/training_choices.h"

namespace agront::training {

/// "none", "sqrt", "cosine" or "linear".
std::string_view Name(Decay decay);

struct LearningRate {
  double start = 5e-5;  ///< before the first update
  double peak = 1e-4;   ///< after `warmup` updates, linearly
  int64_t warmup = 64'000;
  Decay decay = Decay::kSquareRoot;
  double final = 0;  ///< after `total` updates, with kCosine and kLinear
  int64_t total = 315'000;

  /// The rate of update `number`, from 1. With a square root and no warm-up the decay counts from update 1.
  double At(int64_t number) const;
};

}  // namespace agront::training
