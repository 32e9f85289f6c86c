// SPDX-License-Identifier: Apache-2.0
// Regions of a genome: one spelling in every command that reads sequences.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace agront::cli {

/// Where the options' values go. Commands that read labelled files have no `regions` and `region_list` of their own.
struct RegionValues {
  std::string& genome;
  std::string* regions = nullptr;
  std::vector<std::string>* region_list = nullptr;
  std::string& feature;
  std::string& window;
  bool& pads_at_ends;
};

/// --genome, --regions and --region, --feature, --window, --pad-at-ends.
void AddRegionOptions(CLI::App& command, const RegionValues& values);

}  // namespace agront::cli
