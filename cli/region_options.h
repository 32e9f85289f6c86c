// SPDX-License-Identifier: Apache-2.0
// Regions of a genome: one spelling in every command that reads sequences.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace agront::cli {

/// --genome, --feature, --window, --pad-at-ends: which bases of a genome the regions stand for.
void AddGenomeOptions(CLI::App& command, std::string& genome, std::string& feature, std::string& window,
                      bool& pads_at_ends);

/// --regions and --region: the regions themselves.
void AddRegionOptions(CLI::App& command, std::string& regions, std::vector<std::string>& region_list);

}  // namespace agront::cli
