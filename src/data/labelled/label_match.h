// SPDX-License-Identifier: Apache-2.0
// Which of a file's labels is which output of a model.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agront/labelled_input.h"
#include "agront/prediction_task.h"

namespace agront::data {

struct LabelMatch {
  std::vector<size_t> labels;        ///< of the file, one for each label of the task, in its order
  std::vector<std::string> ignored;  ///< of the file: names that are no output of the task
};

/// Labels without names match by position, and so do columns of BED that are called by their numbers. Those with names
/// match several outputs by name: a missing output, one that stands there twice, or a name that was asked for
/// (input.label_columns) and is none of the task's, is refused. A task of one label takes the one that the file has,
/// whatever its name; of several it takes the one that is named as its output, or "label". Throws UsageError beginning
/// with `place`.
LabelMatch MatchLabels(const std::vector<std::string>& names, const PredictionTask& task, const LabelledInput& input,
                       const std::string& place);

/// The task with other names for its outputs; for several classes, for the classes. Throws UsageError for another
/// number of names than outputs. No names leave the task as it is.
PredictionTask WithOutputNames(PredictionTask task, const std::vector<std::string>& names);

}  // namespace agront::data
