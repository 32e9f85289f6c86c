// SPDX-License-Identifier: Apache-2.0
// Options whose value is one of a few words.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <utility>
#include <vector>

namespace agront::cli {

/// The words in the order of the help, and what each stands for.
template <class T>
using Words = std::vector<std::pair<std::string, T>>;

/// "a, b or c".
std::string ListOf(const std::vector<std::string>& words);

/// Throws CLI::ValidationError: what the option takes, and what it got.
[[noreturn]] void RefuseWord(const std::string& flag, const std::vector<std::string>& words, const std::string& got);

/// The help names the words and the default.
template <class T>
CLI::Option* AddWord(CLI::App& command, const std::string& flag, T& value, const Words<T>& words,
                     const std::string& help) {
  std::vector<std::string> names;
  std::string type, current;
  for (const auto& [name, meaning] : words) {
    names.push_back(name);
    type += (type.empty() ? "" : "|") + name;
    if (meaning == value) current = name;
  }
  const auto set = [&value, words, names, flag](const std::string& word) {
    for (const auto& [name, meaning] : words) {
      if (name != word) continue;
      value = meaning;
      return;
    }
    RefuseWord(flag, names, word);
  };
  return command.add_option_function<std::string>(flag, set, help)->type_name(type)->default_str(current);
}

/// The same where the word itself is the value.
inline CLI::Option* AddOneOf(CLI::App& command, const std::string& flag, std::string& value,
                             const std::vector<std::string>& words, const std::string& help) {
  Words<std::string> pairs;
  for (const std::string& word : words) pairs.emplace_back(word, word);
  return AddWord(command, flag, value, pairs, help);
}

}  // namespace agront::cli
