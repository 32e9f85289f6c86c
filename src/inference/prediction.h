// SPDX-License-Identifier: Apache-2.0
// From what a head gives to what is predicted.
#pragma once

#include <span>
#include <vector>

#include "agront/prediction_task.h"
#include "data/labelled/target_transform.h"

namespace agront::inference {

/// A row of outputs, before the sigmoid or softmax, as probabilities or as numbers in the units of the labels.
std::vector<double> PredictionOf(const PredictionTask& task, std::span<const float> outputs,
                                 const data::TargetTransform& transform);

}  // namespace agront::inference
