// SPDX-License-Identifier: Apache-2.0
// Predictions with their labels: the input of scores and reports.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agront/prediction_task.h"

namespace agront::scores {

/// The bases [start, end) of a token, 0-based in its sequence.
struct TokenBases {
  int64_t start = 0, end = 0;

  bool operator==(const TokenBases&) const = default;
};

/// For kToken an example is a token with a class.
struct LabelledPredictions {
  PredictionTask task;
  int64_t size = 0;                 ///< examples
  std::vector<double> labels;       ///< [size, num_labels], kToken [size, 1]; NaN where missing
  std::vector<double> predictions;  ///< [size, num_outputs]: probabilities, or numbers in the units of the labels
  std::vector<std::string> ids;     ///< [size] or empty: of sequences
  std::vector<int64_t> examples;    ///< [size] or empty: the number of each in the set that it is of
  std::vector<TokenBases> tokens;   ///< kToken: [size] or empty
  /// [size] or empty: examples of one number are not independent of each other (tokens of a sequence, genes of a
  /// family), so that a resample takes all of them or none.
  std::vector<int64_t> clusters;

  int64_t labels_per_example() const { return task.kind == TaskKind::kToken ? 1 : task.num_labels(); }
};

/// Throws Error when a size does not fit the task, a label is none of the task's (0 or 1, a class), or a prediction is
/// not finite or, as a probability, outside [0, 1]. `what` begins the message: "test predictions of LoRA".
void CheckPredictions(const LabelledPredictions& predictions, const std::string& what);

/// The values of one label or output of all examples, [size].
std::vector<double> LabelColumn(const LabelledPredictions& predictions, int64_t label);
std::vector<double> PredictionColumn(const LabelledPredictions& predictions, int64_t output);

}  // namespace agront::scores
