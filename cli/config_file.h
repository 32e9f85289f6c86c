// SPDX-License-Identifier: Apache-2.0
// Options from a file.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace agront::cli {

/// Sets the options of `command` that the JSON object in `path` names ("batch-tokens": 4096) and that the command line
/// did not give. Keys that begin with "_" are remarks. Numbers and switches are not texts: what is expected follows
/// from the type that the help names (N, K, BP a whole number; X, RATE, SHARE a number; other names a text). Throws
/// UsageError for a key that is no option, and for a value of another kind, also where the command line wins.
void ApplyConfig(CLI::App& command, const std::string& path);

}  // namespace agront::cli
