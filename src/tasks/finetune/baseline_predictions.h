// SPDX-License-Identifier: Apache-2.0
// What simple models of sequence say of the test examples, fitted to the same training examples.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agront/finetune.h"
#include "baselines/baselines.h"
#include "scores/labelled_predictions.h"
#include "tasks/finetune/task_data.h"

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
  /// Keeps references to both.
  DivisionBaselines(const FinetuneOptions& options, const TaskData& data) : options_(options), data_(data) {}

  /// Beside `test`, which are a model's predictions of the test examples. In a task per token a baseline sees the bases
  /// around each token. Of numbers that were transformed otherwise than by shifts and scales no prediction is above the
  /// largest training label. `max_tokens` of a window of the model. Nothing without training, validation or test
  /// examples.
  std::vector<BaselinePrediction> Predict(int64_t max_tokens, const scores::LabelledPredictions& test);

  /// Sentences about baselines that do not suit the examples; empty before Predict.
  std::vector<std::string> left_out() const { return fitted_ ? fitted_->left_out : std::vector<std::string>(); }

 private:
  baselines::Baselines Fit(int64_t max_tokens) const;

  const FinetuneOptions& options_;
  const TaskData& data_;
  std::optional<baselines::Baselines> fitted_;  // predictions in the units of the labels
};

}  // namespace agront::tasks
