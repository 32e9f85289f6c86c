// SPDX-License-Identifier: Apache-2.0
// The page of a run: its curves.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "agront/model_shape.h"
#include "data/corpus/corpus.h"
#include "training/run_folder.h"

namespace agront::tasks {

/// Writes report.html from the lines of metrics.jsonl and validation.jsonl. It needs no other file. `asked`: the
/// options of the run by their flags.
void WriteTrainingReport(const training::RunFolder& folder, const data::Corpus& corpus, const ModelShape& shape,
                         const nlohmann::ordered_json& asked);

}  // namespace agront::tasks
