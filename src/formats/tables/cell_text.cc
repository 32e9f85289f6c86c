// SPDX-License-Identifier: Apache-2.0
#include "formats/tables/cell_text.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <nlohmann/json.hpp>
#include <utility>

#include "formats/tables/table_writer.h"

namespace agront::formats {
namespace {

/// The character, and the letter that stands for it behind the backslash.
constexpr std::array<std::pair<char, char>, 5> kEscapes = {
    {{'\t', 't'}, {'\n', 'n'}, {'\r', 'r'}, {'\\', '\\'}, {'\0', '0'}}};

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
    const auto* escape = kEscapes.end();
    if (cell[i] == '\\' && i + 1 < cell.size())
      escape = std::ranges::find(kEscapes, cell[i + 1], &std::pair<char, char>::second);
    text += escape == kEscapes.end() ? cell[i] : escape->first;
    i += escape == kEscapes.end() ? 0 : 1;
  }
  return text;
}

bool WritesCellText(std::string_view program) {
  return program.starts_with("agront ") && !program.starts_with("agront 0.1.");
}

bool HasCellText(const std::string& table) {
  constexpr size_t kMostBytes = 1 << 20;
  std::ifstream stream(ProvenancePath(table), std::ios::binary);
  std::string text(kMostBytes, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(std::max<std::streamsize>(stream.gcount(), 0)));
  const auto json = nlohmann::json::parse(text, nullptr, false);
  return json.is_object() && json.contains("program") && json["program"].is_string() &&
         WritesCellText(json["program"].get<std::string>());
}

}  // namespace agront::formats
