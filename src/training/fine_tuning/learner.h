// SPDX-License-Identifier: Apache-2.0
// A learner, as the loop of fine-tuning sees it: a model with a head, or a head on states that were computed before.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "model/training/training_parameters.h"

namespace agront::training {

/// One example of an update.
struct ExampleDraw {
  int64_t example = 0;   ///< in the labelled set
  bool reverse = false;  ///< read from the other strand
};

/// The loss of some examples.
struct LossSum {
  double loss = 0;    ///< sum of weight x loss
  double weight = 0;  ///< sum of weights
  int64_t tokens = 0;
};

/// The outputs of the model for some examples, one after the other.
struct Outputs {
  std::vector<float> values;         ///< [rows, outputs], before the sigmoid or softmax
  std::vector<int64_t> rows;         ///< of each example: 1, or for tasks per token its tokens
  std::vector<int32_t> row_classes;  ///< tasks per token: the true class of each row, -1 where there is none
};

/// Thread safety: none.
class Learner {
 public:
  virtual ~Learner() = default;

  virtual model::TrainingParameters& parameters() = 0;

  /// Adds the gradient of the sum of weight x loss.
  virtual LossSum AddGradients(std::span<const ExampleDraw> draws) = 0;

  /// Appends to `outputs`.
  virtual LossSum Predict(std::span<const int64_t> examples, Outputs& outputs) = 0;
};

}  // namespace agront::training
