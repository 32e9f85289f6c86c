// SPDX-License-Identifier: Apache-2.0
// Options about labelled sequences that several commands take.
#pragma once

#include <CLI/CLI.hpp>

#include "agront/labelled_input.h"
#include "agront/split_options.h"

namespace agront::cli {

/// Where sequences, labels, ids and groups stand in tables, and windows of features of a genome.
void AddLabelledOptions(CLI::App& command, LabelledInput& input);

/// How examples are divided that no file or column assigns.
void AddSplitOptions(CLI::App& command, SplitOptions& split);

}  // namespace agront::cli
