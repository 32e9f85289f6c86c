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

/// Of `examples` of the encoder's set, in order; of tasks per token, the tokens that have a class.
scores::LabelledPredictions LabelOutputs(const training::ExampleEncoder& encoder, const std::vector<int64_t>& examples,
                                         const training::Outputs& outputs, const data::TargetTransform& transform);

}  // namespace agront::tasks
