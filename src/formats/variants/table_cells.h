// SPDX-License-Identifier: Apache-2.0
// A line as cells between tabs.
#pragma once

#include <algorithm>
#include <string_view>
#include <vector>

namespace agront::formats {

/// Without "\n" or "\r\n".
inline std::string_view WithoutLineEnd(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

/// Calls `use` with each part between separators.
template <class Use>
void ForEachPart(std::string_view text, char separator, const Use& use) {
  for (;;) {
    const size_t end = text.find(separator);
    use(text.substr(0, end));
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

/// The cells of a line without its end.
inline std::vector<std::string_view> CellsOf(std::string_view line) {
  std::vector<std::string_view> cells;
  ForEachPart(line, '\t', [&](std::string_view cell) { cells.push_back(cell); });
  return cells;
}

}  // namespace agront::formats
