// SPDX-License-Identifier: Apache-2.0
// Labelled sequences from files, their labels checked.
//
// Refused with Error naming file and line: a label that is missing where there is one label, text where a number
// belongs, a class or a number of labels that the task does not have, an id that comes twice, a letter that is no base,
// a sequence without bases, an example of several labels without any. In tasks of several labels or numbers a label may
// be missing: empty, NA, N/A, #N/A, NaN or a dot.
#pragma once

#include "agront/labelled_input.h"
#include "agront/prediction_task.h"
#include "data/labelled/labelled_set.h"

namespace agront::data {

/// Reads a training set, which says what the outputs are. Classes are sorted: as numbers when all are whole numbers,
/// else as text. A binary task takes two labels; which one is 1 the input says (LabelledInput::positive), else
/// what they mean (positive_label.h), else UsageError is thrown. PredictionTask::binary_words has what it was.
LabelledSet ReadLabelledSet(const LabelledInput& input, TaskKind kind);

/// Reads examples that must fit a task: those for validation and test, or for a model that was trained before. Labels
/// with names match outputs by name (label_match.h). Throws Error when the features lack a type of the input's list.
LabelledSet ReadLabelledSet(const LabelledInput& input, const PredictionTask& task);

/// Adds the examples of another input, which must fit the task, such as the test file to the training file.
void AddToLabelledSet(const LabelledInput& input, LabelledSet& set);

}  // namespace agront::data
