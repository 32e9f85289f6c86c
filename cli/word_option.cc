// SPDX-License-Identifier: Apache-2.0
#include "word_option.h"

#include <string_view>

#include "quoted.h"

namespace agront::cli {

std::string ListOf(const std::vector<std::string>& words) {
  std::string text;
  for (size_t i = 0; i < words.size(); ++i) text += (i == 0 ? "" : i + 1 == words.size() ? " or " : ", ") + words[i];
  return text;
}

void RefuseWord(const std::string& flag, const std::string& expected, const std::string& got) {
  throw CLI::ValidationError(flag, "expected " + expected + ", got " + Quoted(got));
}

std::vector<std::string> WordsOfList(const std::string& list) {
  constexpr std::string_view kBlanks = " \t";
  std::vector<std::string> words;
  for (size_t begin = 0; begin <= list.size();) {
    const size_t comma = std::min(list.find(',', begin), list.size());
    std::string_view word = std::string_view(list).substr(begin, comma - begin);
    word.remove_prefix(std::min(word.find_first_not_of(kBlanks), word.size()));
    words.emplace_back(word.substr(0, word.find_last_not_of(kBlanks) + 1));
    begin = comma + 1;
  }
  return words;
}

}  // namespace agront::cli
