// SPDX-License-Identifier: Apache-2.0
// Predictions of simple models of sequence for the test examples, fitted to the same training examples.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agront/long_sequences.h"
#include "baselines/baselines.h"
#include "scores/labelled_predictions.h"
#include "tasks/finetune/run/task_data.h"

namespace agront::tasks {

struct BaselinePrediction {
  std::string name;   ///< "k-mers"
  std::string about;  ///< how it was fitted
  scores::LabelledPredictions predictions;
};

/// The baselines of one division of the examples, fitted when they are first asked for: models with other seeds are
/// compared with the same ones.
class DivisionBaselines {
 public:
  /// Keeps a reference to the data. `long_sequences`: how the model reads them, for tasks per token. `seed` of what the
  /// fits draw.
  DivisionBaselines(const TaskData& data, LongSequences long_sequences, uint64_t seed)
      : data_(data), long_sequences_(long_sequences), seed_(seed) {}

  /// Beside `test`, which are a model's predictions of the test examples. In a task per token a baseline sees the bases
  /// around each token. Where numbers were transformed by more than shifts and scales, no prediction is above the
  /// largest training label. `max_tokens` of a window of the model. Nothing without training, validation or test
  /// examples.
  std::vector<BaselinePrediction> Predict(int64_t max_tokens, const scores::LabelledPredictions& test);

  /// Sentences about baselines that do not suit the examples; empty before Predict.
  std::vector<std::string> left_out() const { return fitted_ ? fitted_->left_out : std::vector<std::string>(); }

 private:
  baselines::Baselines Fit(int64_t max_tokens) const;

  const TaskData& data_;
  LongSequences long_sequences_;
  uint64_t seed_;
  std::optional<baselines::Baselines> fitted_;  // predictions in the units of the labels
};

}  // namespace agront::tasks
