// SPDX-License-Identifier: Apache-2.0
// Words of the command line in messages.
#pragma once

#include <string>

namespace agront::cli {

/// In quotes, short and printable whatever it holds.
inline std::string Quoted(const std::string& word) {
  constexpr size_t kLongest = 100;
  std::string shown = "\"";
  for (const char c : word.substr(0, kLongest)) shown += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? '?' : c;
  return shown + (word.size() > kLongest ? "...\"" : "\"");
}

}  // namespace agront::cli
