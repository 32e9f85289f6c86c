// SPDX-License-Identifier: Apache-2.0
// How the help of a command looks.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace agront::cli {

/// The parser's own format, but descriptions are broken between words to fit a line, and a switch that turns something
/// off has no inner value beside its name.
class HelpFormat : public CLI::Formatter {
 public:
  HelpFormat();
  std::string make_help(const CLI::App* app, std::string name, CLI::AppFormatMode mode) const override;
  std::string make_option_name(const CLI::Option* option, bool is_positional) const override;
  std::string make_option_opts(const CLI::Option* option) const override;
  std::string make_option_desc(const CLI::Option* option) const override;
};

}  // namespace agront::cli
