// SPDX-License-Identifier: Apache-2.0
// The learning rate of each update.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace agront::training {

enum class Decay {
  kNone,
  kSquareRoot,  ///< peak sqrt(warmup / t): what the sibling models of AgroNT use
  kCosine,      ///< peak to final along half a cosine
  kLinear,      ///< peak to final in a straight line
};

/// "none", "sqrt", "cosine" or "linear". Throws UsageError for other words.
Decay ParseDecay(std::string_view name);

struct LearningRate {
  double start = 5e-5;  ///< before the first update
  double peak = 1e-4;   ///< after `warmup` updates, linearly
  int64_t warmup = 64'000;
  Decay decay = Decay::kSquareRoot;
  double final = 0;  ///< after `total` updates, with kCosine and kLinear
  int64_t total = 315'000;

  /// Of update `number`, from 1. With a square root and no warm-up the decay counts from update 1.
  double At(int64_t number) const;
};

}  // namespace agront::training
