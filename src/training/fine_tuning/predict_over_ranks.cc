// SPDX-License-Identifier: Apache-2.0
#include "training/fine_tuning/predict_over_ranks.h"

#include <array>
#include <span>

#include "training/fine_tuning/rank_share.h"

namespace agront::training {
namespace {

/// The ranks' numbers one after the other, on rank 0. Whole numbers below 2^24 are exact.
std::vector<float> Collected(std::span<const float> own, ranks::Communicator& ranks) {
  std::vector<float> all;
  ranks.Collect(own, [&](std::span<const float> part) { all.insert(all.end(), part.begin(), part.end()); });
  return all;
}

template <class T>
std::vector<T> CollectedCounts(const std::vector<T>& own, ranks::Communicator& ranks) {
  const std::vector<float> all = Collected(std::vector<float>(own.begin(), own.end()), ranks);
  return {all.begin(), all.end()};
}

}  // namespace

Prediction PredictOverRanks(Learner& learner, const std::vector<int64_t>& examples, ranks::Communicator& ranks) {
  Outputs own;
  const LossSum sum = learner.Predict(ShareOf(examples, ranks), own);
  std::array sums = {sum.loss, sum.weight};
  ranks.Sum(sums);
  Prediction prediction{.loss = sums[0] / sums[1], .outputs = {}};
  prediction.outputs.values = Collected(own.values, ranks);
  prediction.outputs.rows = CollectedCounts(own.rows, ranks);
  prediction.outputs.row_classes = CollectedCounts(own.row_classes, ranks);
  return prediction;
}

}  // namespace agront::training
