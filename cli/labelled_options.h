// SPDX-License-Identifier: Apache-2.0
// Options about labelled sequences that several commands take.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "agront/labelled_input.h"
#include "agront/split_options.h"

namespace agront::cli {

/// Where --regions and --region go, in commands that have them beside files of examples.
struct RegionFiles {
  std::string* file = nullptr;
  std::vector<std::string>* list = nullptr;
};

/// Where sequences and their ids stand in tables, and windows of features of a genome.
void AddExampleOptions(CLI::App& command, LabelledInput& input, const RegionFiles& regions = {});

/// Where labels and groups stand.
void AddLabelOptions(CLI::App& command, LabelledInput& input);

/// Options of training only: how examples are divided.
void AddLearnedOptions(CLI::App& command, LabelledInput& input);

/// How examples are divided that no file or column assigns.
void AddSplitOptions(CLI::App& command, SplitOptions& split);

}  // namespace agront::cli
