// SPDX-License-Identifier: Apache-2.0
// What was predicted beside what is true: the input of scores and reports.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agront/prediction_task.h"

namespace agront::scores {

/// For kToken an example is a token with a class, and there are no ids.
struct LabelledPredictions {
  PredictionTask task;
  int64_t size = 0;                 ///< examples
  std::vector<double> labels;       ///< [size, num_labels], kToken [size, 1]; NaN where missing
  std::vector<double> predictions;  ///< [size, num_outputs]: probabilities, or numbers in the units of the labels
  std::vector<std::string> ids;     ///< [size]
};

}  // namespace agront::scores
