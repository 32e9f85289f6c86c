// SPDX-License-Identifier: Apache-2.0
#include "list_option.h"

#include <algorithm>
#include <string_view>

#include "quoted.h"

namespace agront::cli {
namespace {

constexpr std::string_view kBlanks = " \t";

std::string_view SkipBlanks(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
  return text;
}

/// The name that begins with a quote, which goes from `rest`. False when the quote does not close.
bool TakeQuoted(std::string_view& rest, std::string& name) {
  rest.remove_prefix(1);
  for (;;) {
    const size_t quote = rest.find('"');
    if (quote == std::string_view::npos) return false;
    name += rest.substr(0, quote);
    rest.remove_prefix(quote + 1);
    if (!rest.starts_with('"')) break;
    name += '"';
    rest.remove_prefix(1);
  }
  rest = SkipBlanks(rest);
  return rest.empty() || rest.starts_with(',');
}

void AddNames(const std::string& flag, const std::string& list, std::vector<std::string>& names) {
  for (std::string_view rest = list;;) {
    rest = SkipBlanks(rest);
    std::string name;
    if (rest.starts_with('"')) {
      if (!TakeQuoted(rest, name))
        throw CLI::ValidationError(flag, "expected a comma behind a name in double quotes, got " + Quoted(list));
    } else {
      const std::string_view word = rest.substr(0, rest.find(','));
      name = word.substr(0, word.find_last_not_of(kBlanks) + 1);
      rest.remove_prefix(word.size());
    }
    if (name.empty()) throw CLI::ValidationError(flag, "expected names between commas, got none in " + Quoted(list));
    names.push_back(std::move(name));
    if (rest.empty()) return;
    rest.remove_prefix(1);
  }
}

}  // namespace

CLI::Option* AddNameList(CLI::App& command, const std::string& flag, std::vector<std::string>& names,
                         const std::string& help) {
  return command
      .add_option_function<std::vector<std::string>>(
          flag,
          [flag, &names](const std::vector<std::string>& lists) {
            names.clear();
            for (const std::string& list : lists) AddNames(flag, list, names);
          },
          help)
      ->type_name("NAME");
}

}  // namespace agront::cli
