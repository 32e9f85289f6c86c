// SPDX-License-Identifier: Apache-2.0
// Learning with the whole model: adapters, full fine-tuning, and heads that need the state of every token.
#pragma once

#include "training/fine_tuning/example_encoder.h"
#include "training/fine_tuning/learner.h"

namespace agront::training {

class ModelLearner final : public Learner {
 public:
  /// Keeps references. `pass_tokens` go through the model at a time.
  ModelLearner(model::TrainableTaskModel& model, const ExampleEncoder& examples, int64_t pass_tokens)
      : model_(model), examples_(examples), pass_tokens_(pass_tokens) {}

  model::TrainingParameters& parameters() override { return model_.parameters(); }
  LossSum AddGradients(std::span<const ExampleDraw> draws) override;
  LossSum Predict(std::span<const int64_t> examples, Outputs& outputs) override;

 private:
  model::TrainableTaskModel& model_;
  const ExampleEncoder& examples_;
  int64_t pass_tokens_;
  model::TaskOutput output_;
};

}  // namespace agront::training
