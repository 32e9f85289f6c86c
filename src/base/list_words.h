// SPDX-License-Identifier: Apache-2.0
// Words of a list that a user types.
#pragma once

#include <algorithm>
#include <string_view>
#include <vector>

namespace agront {

/// The words between commas, without blanks around them; at least one, perhaps empty.
inline std::vector<std::string_view> ListWords(std::string_view list) {
  constexpr std::string_view kBlanks = " \t";
  std::vector<std::string_view> words;
  for (;;) {
    const size_t comma = std::min(list.find(','), list.size());
    std::string_view word = list.substr(0, comma);
    word.remove_prefix(std::min(word.find_first_not_of(kBlanks), word.size()));
    words.push_back(word.substr(0, word.find_last_not_of(kBlanks) + 1));
    if (comma == list.size()) return words;
    list.remove_prefix(comma + 1);
  }
}

}  // namespace agront
