// SPDX-License-Identifier: Apache-2.0
// The tables of a fine-tuned model's page, as HTML.
#pragma once

#include <string>
#include <vector>

#include "tasks/finetune/report/report.h"

namespace agront::tasks {

/// A sentence for each baseline, those that the model loses to first; then the score, and what "significantly" means.
/// Nothing without scores.
std::string Verdict(const FineTuneReport& report);

/// Findings in the data that speak against a score.
std::string Warnings(const FineTuneReport& report);

std::string ScoreTable(const FineTuneReport& report);       ///< scores by predictor, with intervals
std::string PredictorNotes(const FineTuneReport& report);   ///< how each was fitted, and which was not
std::string DifferenceTable(const FineTuneReport& report);  ///< model less baseline
std::string OutputTable(const FineTuneReport& report);      ///< scores of the model by output
std::string SplitTable(const FineTuneReport& report);
std::string FactTable(const std::vector<ReportFact>& facts);
/// The largest errors on the scale of `learned`, in the units of `given`.
std::string WorstErrors(const FineTuneReport& given, const FineTuneReport& learned);

/// For people: scores have three decimals, errors in the units of labels, which may be of any size, three or four
/// digits or all before the point ("45,250"); "–" where not defined.
std::string Number(double value);

/// A name of a score for people: "AUROC", "R²".
std::string ScoreTitle(const std::string& name);

}  // namespace agront::tasks
