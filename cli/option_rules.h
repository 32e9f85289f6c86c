// SPDX-License-Identifier: Apache-2.0
// Which option belongs where: to an input, a method, a task or a mode of its command.
#pragma once

#include <CLI/CLI.hpp>
#include <set>
#include <string>

namespace agront::cli {

/// The options that the command line gave.
std::set<const CLI::Option*> GivenOptions(const CLI::App& command);

/// Holds the options of a command against the one table of option_rules.cc. Throws UsageError for one of `given` that
/// does not belong to what the command was asked to do, in a line that says where it belongs; its value does not
/// matter. Takes back options that are not `given` (so they come from --config, which may serve several methods and
/// inputs): one line for each, or none if `is_quiet`. To be called before the values of --config are handed on.
void CheckOptionsBelong(CLI::App& command, const std::set<const CLI::Option*>& given, bool is_quiet);

}  // namespace agront::cli
