// SPDX-License-Identifier: Apache-2.0
#include "parse_errors.h"

#include <vector>

#include "nearest.h"
#include "quoted.h"
#include "value_kind.h"

namespace agront::cli {
namespace {

/// The most similar word among those that `help` lists.
std::string DidYouMean(const std::string& word, const std::vector<std::string>& words, const std::string& help) {
  const NearestWord nearest = Nearest(word, words);
  if (nearest.is_near) return "; did you mean " + nearest.word + "?";
  return "; the nearest is " + nearest.word + ", and " + help + " lists all";
}

std::vector<std::string> LongNames(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options())
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  return names;
}

/// "finetune and evaluate".
std::string CommandsWith(const std::string& option, CLI::App& app) {
  std::string commands;
  for (const CLI::App* command : app.get_subcommands({}))
    if (command->get_option_no_throw(option) != nullptr)
      commands += (commands.empty() ? "" : ", ") + command->get_name();
  if (const size_t comma = commands.rfind(", "); comma != std::string::npos) commands.replace(comma, 2, " and ");
  return commands;
}

std::string NoSuchCommand(CLI::App& app, const std::string& word) {
  if (word.starts_with("-")) return "expected a command before " + Quoted(word) + "; agront --help lists all";
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
  return "no command " + Quoted(word) + DidYouMean(word, names, "agront --help");
}

std::string NoSuchOption(CLI::App& app, const CLI::App& command, const std::string& word) {
  const std::string option = word.starts_with("--") ? word.substr(0, word.find('=')) : word;
  const std::string line = command.get_name() + " has no option " + PrintableWord(option);
  if (const std::string others = CommandsWith(option, app); !others.empty()) return line + "; it goes with " + others;
  const std::string help = "agront " + command.get_name() + " --help";
  return line + (option.starts_with("--") ? DidYouMean(option, LongNames(command), help) : "; " + help + " lists all");
}

/// The word of the command line that is neither option nor argument; empty if there is none. Where there are
/// several, the first option: the word behind it may be meant as its value.
std::string Unexpected(CLI::App& app, CLI::App& command) {
  const std::vector<std::string> left = command.remaining();
  for (const std::string& word : left)
    if (word.starts_with("-") && word.size() > 1) return NoSuchOption(app, command, word);
  if (left.empty()) return "";
  return command.get_name() + ": expected no more than its arguments, got " + Quoted(left.front()) + " as well";
}

std::string Missing(const CLI::App& command) {
  for (const CLI::Option* option : command.get_options()) {
    if (!option->get_required() || option->count() > 0) continue;
    const std::string type = option->get_positional() ? "" : " " + option->get_type_name();
    const std::string about = option->get_description();
    return command.get_name() + " needs " + option->get_name() + type + ": " + about.substr(0, about.find(';'));
  }
  return "";
}

/// A value that the parser could not take. Its messages begin with the option's name or end with "NAME = VALUE".
std::string BadValue(const CLI::App& command, const std::string& message) {
  constexpr char kNotConverted[] = "Could not convert: ";
  std::string rest = message;
  if (rest.starts_with(kNotConverted)) rest = rest.substr(sizeof(kNotConverted) - 1);
  const std::string name = rest.substr(0, rest.find_first_of(": ="));
  const CLI::Option* option = command.get_option_no_throw(name);
  if (option == nullptr) return message;
  const auto& given = option->results();
  if (option->get_items_expected_max() == 0)
    return name + ": expected no value, got " + Quoted(given.empty() ? "" : given.back());
  if (given.empty() || given.back().empty()) return name + ": expected " + option->get_type_name() + ", got none";
  if (given.size() > 1) return name + ": expected once, got " + std::to_string(given.size()) + " times";
  // Numbers were looked at before (value_kind.h), but for their size.
  return name + ": " + NotSoLarge(given.back());
}

}  // namespace

std::string Explain(const CLI::ParseError& error, CLI::App& app, const std::vector<std::string>& words) {
  if (app.get_subcommands().empty()) return NoSuchCommand(app, words.empty() ? "" : words.front());
  CLI::App& command = *app.get_subcommands().front();
  if (const std::string unexpected = Unexpected(app, command); !unexpected.empty()) return unexpected;
  if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr)
    if (const std::string missing = Missing(command); !missing.empty()) return missing;
  if (dynamic_cast<const CLI::ValidationError*>(&error) != nullptr) return error.what();
  return BadValue(command, error.what());
}

}  // namespace agront::cli
