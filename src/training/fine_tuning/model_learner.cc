// SPDX-License-Identifier: Apache-2.0
#include "training/fine_tuning/model_learner.h"

namespace agront::training {

LossSum ModelLearner::AddGradients(std::span<const ExampleDraw> draws) {
  LossSum sum;
  examples_.ForEachBatch(draws, pass_tokens_, [&](const model::TaskBatch& batch) {
    model_.AddGradients(batch, output_);
    sum.loss += output_.loss;
    sum.weight += output_.weight;
    sum.tokens += static_cast<int64_t>(batch.batch.tokens.size());
  });
  return sum;
}

LossSum ModelLearner::Predict(std::span<const int64_t> examples, Outputs& outputs) {
  std::vector<ExampleDraw> draws;
  for (const int64_t example : examples) draws.push_back({.example = example, .reverse = false});
  const bool is_per_token = examples_.set().task().kind == TaskKind::kToken;
  LossSum sum;
  examples_.ForEachBatch(draws, pass_tokens_, [&](const model::TaskBatch& batch) {
    model_.Predict(batch, output_);
    sum.loss += output_.loss;
    sum.weight += output_.weight;
    sum.tokens += static_cast<int64_t>(batch.batch.tokens.size());
    outputs.values.insert(outputs.values.end(), output_.outputs.begin(), output_.outputs.end());
    outputs.row_classes.insert(outputs.row_classes.end(), batch.token_classes.begin(), batch.token_classes.end());
    size_t window = 0;
    for (const int64_t windows : batch.windows) {
      const int64_t begin = batch.batch.offsets[window];
      window += static_cast<size_t>(windows);
      outputs.rows.push_back(is_per_token ? batch.batch.offsets[window] - begin : 1);
    }
  });
  return sum;
}

}  // namespace agront::training
