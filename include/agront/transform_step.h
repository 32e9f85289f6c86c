// SPDX-License-Identifier: Apache-2.0
// Numbers in a shape that is easier to learn.
#pragma once

namespace agront {

/// Fitted to each output on its own. Missing values stay missing, and predictions are in the units of the labels.
enum class TransformStep {
  kLog1p,        ///< log(1 + y), for counts and expression
  kStandardize,  ///< mean 0, variance 1 on the training examples
  kRank,         ///< normal scores of the ranks among the training examples (ties share their middle rank)
};

}  // namespace agront
