// SPDX-License-Identifier: Apache-2.0
// All commands, for the program and for the Python module.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <map>
#include <string>

#include "agront/reporter.h"

namespace agront::cli {

/// Whom commands run for.
struct Caller {
  Reporter* reporter = nullptr;   ///< of the jobs
  bool* is_quiet = nullptr;       ///< what --quiet sets
  std::string command_line = {};  ///< recorded in outputs
};

/// The caller for commands of this thread. Set it before AddCommands.
Caller& CurrentCaller();

using Jobs = std::map<const CLI::App*, std::function<void()>>;

/// Adds every command to the parser. A job is to be run once its command is parsed and settled, on the same thread.
Jobs AddCommands(CLI::App& app);

/// Puts together what the command line and --config say, and refuses options that do not belong and files that are not
/// there: throws UsageError or MissingFile. With `is_quiet` it does not say what of --config was left out.
void SettleOptions(CLI::App& command, bool is_quiet);

}  // namespace agront::cli
