// SPDX-License-Identifier: Apache-2.0
// Predictions of labelled examples as a table.
#pragma once

#include <string>

#include "data/labelled/labelled_set.h"
#include "formats/tables/table_writer.h"
#include "scores/labelled_predictions.h"

namespace agront::tasks {

/// Writes a row for each example of `set` that was predicted: id; group, where examples have groups; for regions of a
/// genome their place there, for those and for tokens the place in the example; labels; predictions. The columns are
/// "label" for a binary task (0 or 1) and for classes, "NAME" for other outputs, and PredictedColumns (output_words.h).
/// A missing label is NA.
void WritePredictionTable(const scores::LabelledPredictions& predictions, const data::LabelledSet& set,
                          const std::string& path, formats::TableOptions options);

}  // namespace agront::tasks
