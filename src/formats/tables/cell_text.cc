// SPDX-License-Identifier: Apache-2.0
#include "formats/tables/cell_text.h"

#include <array>
#include <utility>

namespace agront::formats {
namespace {

constexpr std::array<std::pair<char, char>, 4> kEscapes = {{{'\t', 't'}, {'\n', 'n'}, {'\r', 'r'}, {'\\', '\\'}}};

}  // namespace

void AppendCellText(std::string_view text, std::string& line) {
  const bool is_quoted = text.find('"') != std::string_view::npos;
  if (is_quoted) line += '"';
  for (const char c : text) {
    char letter = '\0';
    for (const auto& [meant, written] : kEscapes)
      if (c == meant) letter = written;
    if (letter != '\0') {
      line += '\\';
      line += letter;
    } else {
      if (c == '"' && is_quoted) line += '"';
      line += c;
    }
  }
  if (is_quoted) line += '"';
}

std::string CellText(std::string_view cell) {
  std::string text;
  for (size_t i = 0; i < cell.size(); ++i) {
    char meant_here = '\0';
    if (cell[i] == '\\' && i + 1 < cell.size())
      for (const auto& [meant, written] : kEscapes)
        if (cell[i + 1] == written) meant_here = meant;
    text += meant_here != '\0' ? meant_here : cell[i];
    i += meant_here != '\0' ? 1 : 0;
  }
  return text;
}

}  // namespace agront::formats
