// SPDX-License-Identifier: Apache-2.0
// Numbers as a model learned them.
#pragma once

#include "data/labelled/target_transform.h"
#include "scores/labelled_predictions.h"

namespace agront::data {

/// Labels and predictions, transformed as the labels were for the training.
scores::LabelledPredictions OnLearnedScale(scores::LabelledPredictions labelled, const TargetTransform& transform);

}  // namespace agront::data
