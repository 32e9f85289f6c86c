// SPDX-License-Identifier: Apache-2.0
// What a task predicts, as a sentence names it.
#pragma once

#include <string>

#include "agront/prediction_task.h"

namespace agront::tasks {

/// "GC, leaf and 21 more", "exon or intron", "class 0, 1 or 2"; "the label" where it has no name of its own.
std::string OutputsInWords(const PredictionTask& task);

}  // namespace agront::tasks
