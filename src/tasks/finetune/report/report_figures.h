// SPDX-License-Identifier: Apache-2.0
// The pictures of a fine-tuned model's page, as HTML with SVG.
#pragma once

#include <string>

#include "tasks/finetune/report/report.h"

namespace agront::tasks {

std::string LearningCurves(const FineTuneReport& report);

/// Every predictor's scores whose best value is 1, with intervals.
std::string ScoreFigure(const FineTuneReport& report);

/// The score of each output, sorted; of numbers the correlation, as the article's figure of expression by tissue.
std::string OutputFigure(const FineTuneReport& report);

/// ROC, precision and recall, calibration and confusion, or predicted against observed, as the task wants. `given` is
/// in the units of the labels, `learned` on the scale that was learned.
std::string TaskFigures(const FineTuneReport& given, const FineTuneReport& learned);

}  // namespace agront::tasks
