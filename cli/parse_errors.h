// SPDX-License-Identifier: Apache-2.0
// The parser's error about a command line, in one line of ours.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace agront::cli {

/// What is wrong with `words`, the command line without the program's name, which `app` has parsed as far as it could:
/// the command or option that there is not, with the nearest one; else a value or an option that is missing.
std::string Explain(const CLI::ParseError& error, CLI::App& app, const std::vector<std::string>& words);

}  // namespace agront::cli
