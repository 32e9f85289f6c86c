// SPDX-License-Identifier: Apache-2.0
// Files and folders that a command line names and that are not there.
#pragma once

#include <CLI/CLI.hpp>

namespace agront::cli {

/// Throws Error, "PATH: no such file", for the first input of the command that does not exist: before anything is
/// computed, and in one wording whoever would have opened it. Standard input ("-") and addresses (with "://") are left
/// to whoever reads them, as are models, which may be embedded.
void CheckInputsExist(const CLI::App& command);

}  // namespace agront::cli
