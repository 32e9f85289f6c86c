// SPDX-License-Identifier: Apache-2.0
// Learning of a head on states that were computed before: a probe.
#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "model/training/trainable_head.h"
#include "training/fine_tuning/example_encoder.h"
#include "training/fine_tuning/learner.h"

namespace agront::training {

/// Channels are standardized on the way to the head, over the training examples: mean 0, and one variance for all,
/// since their scales differ by orders of magnitude. It is one over the number of channels, so that a vector has a
/// length of about 1 whatever the width of the model: the head's random start then adds almost nothing, and one
/// learning rate suits every width. With variance 1 both are noise that grows with the width, and the head overfits to
/// it.
class FeatureLearner final : public Learner {
 public:
  /// Row i of `features` is of draws[i]; `train` are the examples that mean and variance are taken of. Keeps references
  /// to `probe` and `examples`.
  FeatureLearner(model::TrainableProbe& probe, const ExampleEncoder& examples, const std::vector<ExampleDraw>& draws,
                 tensor::Matrix features, const std::vector<int64_t>& train);

  model::TrainingParameters& parameters() override { return probe_.parameters(); }
  LossSum AddGradients(std::span<const ExampleDraw> draws) override;
  LossSum Predict(std::span<const int64_t> examples, Outputs& outputs) override;

  /// Puts the standardization into the head's first product, so that it takes states as the model gives them. Nothing
  /// is learned or predicted here afterwards.
  void FoldIntoHead();

 private:
  void Gather(std::span<const ExampleDraw> draws);

  model::TrainableProbe& probe_;
  const ExampleEncoder& examples_;
  std::map<std::pair<int64_t, bool>, int64_t> row_of_;
  tensor::Matrix features_;
  std::vector<float> mean_, scale_;  // of each channel: (x - mean) scale
  tensor::Matrix gathered_;
  model::TaskLabels labels_;
  model::TaskOutput output_;
};

}  // namespace agront::training
