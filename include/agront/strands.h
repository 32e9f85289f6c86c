// SPDX-License-Identifier: Apache-2.0
// Which strands of a sequence a prediction is made from.
#pragma once

namespace agront {

enum class Strands {
  kForward,  ///< as the sequence is written (features of a genome: on their own strand)
  kBoth,     ///< the mean of the predictions for both strands
};

}  // namespace agront
