// SPDX-License-Identifier: Apache-2.0
#include "help_format.h"

#include <sstream>

namespace agront::cli {
namespace {

constexpr size_t kNameWidth = 34;
constexpr size_t kLineWidth = 110;

}  // namespace

HelpFormat::HelpFormat() { column_width(kNameWidth); }

std::string HelpFormat::make_help(const CLI::App* app, std::string name, CLI::AppFormatMode mode) const {
  const std::string help = CLI::Formatter::make_help(app, std::move(name), mode);
  return CLI::detail::find_and_replace(help, "\n\n\n", "\n\n");  // between two groups
}

std::string HelpFormat::make_option_name(const CLI::Option* option, bool is_positional) const {
  // A positional argument is named by what it takes, where that is not its name.
  if (is_positional && !option->get_type_name().empty()) return option->get_type_name();
  const std::string name = CLI::Formatter::make_option_name(option, is_positional);
  return name.substr(0, name.find("{false}"));
}

std::string HelpFormat::make_option_opts(const CLI::Option* option) const {
  return option->get_positional() ? "" : CLI::Formatter::make_option_opts(option);
}

std::string HelpFormat::make_option_desc(const CLI::Option* option) const {
  std::istringstream words(option->get_description());
  std::string text, line;
  for (std::string word; words >> word;) {
    if (!line.empty() && line.size() + 1 + word.size() > kLineWidth - kNameWidth) {
      text += line + "\n";
      line.clear();
    }
    line += (line.empty() ? "" : " ") + word;
  }
  return text + line;
}

}  // namespace agront::cli
