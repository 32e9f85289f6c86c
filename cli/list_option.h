// SPDX-License-Identifier: Apache-2.0
// Options that take names separated by commas.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace agront::cli {

/// The option gives the names of all its words: `leaf,root`, `"leaf, young",root`. Blanks around a name are no part of
/// it; a name in double quotes may have commas and blanks and, doubled, double quotes. An empty name and a quote that
/// does not close are refused.
CLI::Option* AddNameList(CLI::App& command, const std::string& flag, std::vector<std::string>& names,
                         const std::string& help);

}  // namespace agront::cli
