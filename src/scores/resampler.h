// SPDX-License-Identifier: Apache-2.0
// Resamples of the bootstrap, as how often each example is drawn.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "scores/counts.h"

namespace agront::scores {

/// As many draws as there are examples, with replacement, not stratified by label. With clusters whole ones are drawn,
/// as many as there are. A resample is a function of the seed and its number: it depends on no other and no thread.
class Resampler {
 public:
  /// `clusters` [examples], or empty when examples are independent.
  Resampler(int64_t examples, std::span<const int64_t> clusters, uint64_t seed);

  /// Sets counts [examples]. Thread safe.
  void Draw(int64_t number, std::span<Count> counts) const;

 private:
  int64_t units_ = 0;                 // examples or clusters
  std::vector<uint32_t> cluster_of_;  // [examples], from 0; empty without clusters
  uint64_t seed_;
};

}  // namespace agront::scores
