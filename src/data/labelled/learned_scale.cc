// SPDX-License-Identifier: Apache-2.0
#include "data/labelled/learned_scale.h"

#include <span>
#include <vector>

namespace agront::data {

scores::LabelledPredictions OnLearnedScale(scores::LabelledPredictions labelled, const TargetTransform& transform) {
  const auto outputs = static_cast<size_t>(labelled.task.num_outputs());
  for (std::vector<double>* values : {&labelled.labels, &labelled.predictions})
    for (size_t row = 0; row < values->size(); row += outputs)
      transform.ApplyAnywhere(std::span(*values).subspan(row, outputs));
  return labelled;
}

}  // namespace agront::data
