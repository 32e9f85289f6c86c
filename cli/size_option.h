// SPDX-License-Identifier: Apache-2.0
// Options whose value is a size of memory.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>

namespace agront::cli {

/// The option takes "20G", "512M", "4K" or bytes; `bytes` stays as it is where it is not given.
CLI::Option* AddSize(CLI::App& command, const std::string& flag, int64_t& bytes, const std::string& help);

}  // namespace agront::cli
