// SPDX-License-Identifier: Apache-2.0
// What a task predicts, as sentences and tables name it.
#pragma once

#include <string>
#include <vector>

#include "agront/prediction_task.h"

namespace agront::inference {

/// "GC, leaf and 21 more", "exon or intron", "class 0, 1 or 2"; "the label" where it has no name of its own.
std::string OutputsInWords(const PredictionTask& task);

/// The label of a binary task that predictions are the probability of: "1", or its word.
std::string PositiveLabel(const PredictionTask& task);

/// "predicted" for a binary task of 0 and 1; else "predicted_" and the label that is 1, the class or the output.
std::vector<std::string> PredictedColumns(const PredictionTask& task);

}  // namespace agront::inference
