// SPDX-License-Identifier: Apache-2.0
// What simple models of sequence say of the test examples, fitted to the same training examples.
#pragma once

#include <string>
#include <vector>

#include "agront/finetune.h"
#include "scores/labelled_predictions.h"
#include "tasks/finetune/task_data.h"

namespace agront::tasks {

struct BaselinePrediction {
  std::string name;   ///< "k-mers"
  std::string about;  ///< how it was fitted
  scores::LabelledPredictions predictions;
};

/// Beside `test`, which are a model's predictions of the test examples. In a task per token a baseline sees the bases
/// around each token. `max_tokens` of a window of the model. Nothing without training, validation or test examples.
std::vector<BaselinePrediction> PredictBaselines(const FinetuneOptions& options, const TaskData& data,
                                                 int64_t max_tokens, const scores::LabelledPredictions& test);

}  // namespace agront::tasks
