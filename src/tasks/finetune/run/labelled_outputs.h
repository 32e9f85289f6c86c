// SPDX-License-Identifier: Apache-2.0
// From what a model gives to predictions beside what is true.
#pragma once

#include <string>
#include <vector>

#include "agront/prediction_task.h"
#include "data/labelled/target_transform.h"
#include "scores/labelled_predictions.h"
#include "training/fine_tuning/example_encoder.h"
#include "training/fine_tuning/learner.h"

namespace agront::tasks {

/// Outputs and labels of `examples` of the encoder's set, in order; for tasks per token, of the tokens with a class.
scores::LabelledPredictions LabelOutputs(const training::ExampleEncoder& encoder, const std::vector<int64_t>& examples,
                                         const training::Outputs& outputs, const data::TargetTransform& transform);

}  // namespace agront::tasks
