// SPDX-License-Identifier: Apache-2.0
// The page of a run: whether it learned, and its curves.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "agront/model_shape.h"
#include "data/corpus/corpus.h"
#include "training/run_folder.h"

namespace agront::tasks {

/// Writes report.html from the lines of metrics.jsonl and validation.jsonl. It needs no other file. `asked`: the
/// options of the run by their flags. `note`: a sentence about the model that must not be overlooked; empty: none.
void WriteTrainingReport(const training::RunFolder& folder, const data::Corpus& corpus, const ModelShape& shape,
                         const nlohmann::ordered_json& asked, const std::string& note);

/// The verdict on a run with these lines, as HTML: against guessing on validation, or that nothing was validated.
std::string TrainingVerdict(const std::vector<nlohmann::json>& steps, const std::vector<nlohmann::json>& validations);

}  // namespace agront::tasks
