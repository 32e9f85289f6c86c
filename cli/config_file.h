// SPDX-License-Identifier: Apache-2.0
// Options from a file.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace agront::cli {

/// Sets the options of `command` that the JSON object in `path` names ("batch-tokens": 4096) and that the command line
/// did not give. Keys that begin with "_" are remarks. Throws UsageError for a key that is no option, or a value that
/// the option does not take.
void ApplyConfig(CLI::App& command, const std::string& path);

}  // namespace agront::cli
