// SPDX-License-Identifier: Apache-2.0
// Predictions of a learner, shared out over the ranks.
#pragma once

#include <cstdint>
#include <vector>

#include "ranks/communicator.h"
#include "training/fine_tuning/learner.h"

namespace agront::training {

struct Prediction {
  double loss = 0;  ///< weighted mean; NaN when nothing has a weight
  Outputs outputs;  ///< of all examples, in the order of `examples`, on rank 0
};

/// All ranks call it.
Prediction PredictOverRanks(Learner& learner, const std::vector<int64_t>& examples, ranks::Communicator& ranks);

}  // namespace agront::training
