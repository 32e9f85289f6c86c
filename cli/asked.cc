// SPDX-License-Identifier: Apache-2.0
#include "asked.h"

#include <algorithm>
#include <cstdlib>

namespace agront::cli {

bool Asked::Has(const std::string& option) const {
  const CLI::Option* found = command_.get_option_no_throw(option);
  return found != nullptr && found->count() > 0;
}

std::string Asked::Value(const std::string& option) const {
  const CLI::Option* found = command_.get_option_no_throw(option);
  if (found == nullptr) return "";
  return found->count() > 0 ? found->results().back() : found->get_default_str();
}

bool Asked::Is(const std::string& option, std::initializer_list<const char*> values) const {
  const std::string value = Value(option);
  return std::ranges::any_of(values, [&](const char* one) { return value == one; });
}

bool Asked::IsPositive(const std::string& option) const {
  return Has(option) && std::strtod(Value(option).c_str(), nullptr) > 0;
}

std::vector<std::string> Asked::Arguments() const {
  std::vector<std::string> arguments;
  for (const CLI::Option* option : command_.get_options())
    if (option->get_positional())
      for (const std::string& word : option->results()) arguments.push_back(word);
  return arguments;
}

std::vector<std::string> Asked::ExampleFiles() const {
  std::vector<std::string> files;
  for (const char* option : {"--train", "--valid", "--test"})
    if (Has(option)) files.push_back(Value(option));
  // A fine-tuned model comes first.
  const std::vector<std::string> arguments = Arguments();
  if (arguments.size() > 1) files.push_back(arguments[1]);
  if (command() == "predict" && Has("--regions")) files.push_back(Value("--regions"));
  return files;
}

bool Asked::ReadsExamplesIn(std::initializer_list<InputKind> kinds) const {
  const std::vector<std::string> files = ExampleFiles();
  const bool is_track = Has("--window-bp") || Has("--stride-bp");
  if (command() == "predict" && Has("--region") && !is_track) return std::ranges::count(kinds, InputKind::kBed) > 0;
  if (Has("--benchmark")) return std::ranges::count(kinds, InputKind::kFasta) > 0;
  // Windows along a genome are predicted without such a file; elsewhere a missing one is an error of its own.
  if (files.empty()) return !(command() == "predict" && Has("--genome"));
  return std::ranges::any_of(files,
                             [&](const std::string& file) { return std::ranges::count(kinds, KindOfInput(file)) > 0; });
}

}  // namespace agront::cli
