// SPDX-License-Identifier: Apache-2.0
// Options from a file.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace agront::cli {

/// The file's value for one option.
struct ConfigValue {
  CLI::Option* option;
  std::string place;  ///< "run.json: key "steps""
  std::string wrong;  ///< the message when the value cannot be converted
};

/// Gives the options of `command` that the JSON object in `path` names ("batch-tokens": 4096), and that the command
/// line did not give, what it says, but does not convert it yet. Keys that begin with "_" are remarks. Numbers and
/// switches are not texts: what is expected follows from the type that the help names (N, K, BP a whole number; X,
/// RATE, SHARE a number; other names a text). Throws UsageError for a key that is no option, and for a value of another
/// kind, also where the command line wins.
std::vector<ConfigValue> ReadConfig(CLI::App& command, const std::string& path);

/// Converts the values and sets what the options stand for, but for options that were cleared meanwhile. Throws
/// UsageError.
void HandOn(const std::vector<ConfigValue>& values);

}  // namespace agront::cli
