// SPDX-License-Identifier: Apache-2.0
// Words of the command line in messages.
#pragma once

#include <string>

namespace agront::cli {

/// Short, and without control characters.
inline std::string Printable(const std::string& word) {
  constexpr size_t kLongest = 100;
  std::string shown = word.substr(0, kLongest);
  for (char& c : shown)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
  return shown + (word.size() > kLongest ? "..." : "");
}

/// The same in quotes.
inline std::string Quoted(const std::string& word) { return "\"" + Printable(word) + "\""; }

}  // namespace agront::cli
