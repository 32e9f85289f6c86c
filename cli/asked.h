// SPDX-License-Identifier: Apache-2.0
// What a command was asked to do, as far as its options and file names show.
#pragma once

#include <CLI/CLI.hpp>
#include <initializer_list>
#include <string>
#include <vector>

#include "agront/input_kind.h"

namespace agront::cli {

/// Looks at a command whose options are parsed; values need not be checked yet. An option that the command lacks counts
/// as not given.
class Asked {
 public:
  explicit Asked(const CLI::App& command) : command_(command) {}

  const std::string& command() const { return command_.get_name(); }

  /// Given on the command line or by --config.
  bool Has(const std::string& option) const;

  /// As given (the last time), else its default as the help shows it; empty if it has none.
  std::string Value(const std::string& option) const;

  bool Is(const std::string& option, std::initializer_list<const char*> values) const;

  /// Given, and not 0.
  bool IsPositive(const std::string& option) const;

  /// The arguments that belong to no option, in order.
  std::vector<std::string> Arguments() const;

  /// The files of sequences or features that the command reads labels or examples from: --train, --valid and --test, or
  /// the argument.
  std::vector<std::string> ExampleFiles() const;

  /// Whether one of these is of one of these kinds. True, too, where the command needs such a file and has none.
  bool ReadsExamplesIn(std::initializer_list<InputKind> kinds) const;

 private:
  const CLI::App& command_;
};

}  // namespace agront::cli
