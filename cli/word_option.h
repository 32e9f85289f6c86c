// SPDX-License-Identifier: Apache-2.0
// Options whose value is one of a few words.
#pragma once

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace agront::cli {

/// The words in the order of the help, and what each stands for.
template <class T>
using Words = std::vector<std::pair<std::string, T>>;

/// "a, b or c".
std::string ListOf(const std::vector<std::string>& words);

/// Throws CLI::ValidationError: what the option takes ("a, b or c"), and what it got.
[[noreturn]] void RefuseWord(const std::string& flag, const std::string& expected, const std::string& got);

/// The help names the words and the default.
template <class T>
CLI::Option* AddWord(CLI::App& command, const std::string& flag, T& value, const std::type_identity_t<Words<T>>& words,
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
    RefuseWord(flag, ListOf(names), word);
  };
  return command.add_option_function<std::string>(flag, set, help)->type_name(type)->default_str(current);
}

/// Splits a list at its commas; blanks around a word are no part of it.
std::vector<std::string> WordsOfList(const std::string& list);

/// The value is a list of words separated by commas.
template <class T>
struct WordList {
  Words<T> words;
  std::string expected;    ///< "a, b or c", in the message about another word
  std::string empty = "";  ///< the text of a list without words, beside the empty text
};

template <class T>
CLI::Option* AddWordList(CLI::App& command, const std::string& flag, std::vector<T>& values, const WordList<T>& list_of,
                         const std::string& help) {
  const auto set = [&values, list_of, flag](const std::string& list) {
    const auto& [words, expected, empty] = list_of;
    values.clear();
    if (list.empty() || list == empty) return;
    for (const std::string& word : WordsOfList(list)) {
      const auto found = std::ranges::find(words, word, &std::pair<std::string, T>::first);
      if (found == words.end()) RefuseWord(flag, expected, word);
      values.push_back(found->second);
    }
  };
  return command.add_option_function<std::string>(flag, set, help)->type_name("LIST");
}

}  // namespace agront::cli
