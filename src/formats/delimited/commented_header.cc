// SPDX-License-Identifier: Apache-2.0
#include "formats/delimited/commented_header.h"

#include <algorithm>
#include <charconv>

#include "formats/sequences/line_reader.h"

namespace agront::formats {
namespace {

bool IsNumber(std::string_view word) {
  double value = 0;
  return std::from_chars(word.data(), word.data() + word.size(), value).ptr == word.data() + word.size();
}

bool IsKnownColumn(const std::string& word) {
  return word == "id" || word == "label" || word == "labels" || word == "sequence";
}

}  // namespace

std::optional<std::vector<std::string>> HeaderInComment(std::string_view comment, char separator,
                                                        const std::vector<std::string>& first) {
  constexpr size_t kLeast = 2;
  if (!comment.starts_with('#') || comment.starts_with("##")) return std::nullopt;
  std::vector<std::string> columns;
  for (std::string_view rest = comment.substr(1);;) {
    const size_t end = std::min(rest.find(separator), rest.size());
    std::string_view word = TrimBlanks(rest.substr(0, end));
    if (word.size() > 2 && word.starts_with('"') && word.ends_with('"')) word = word.substr(1, word.size() - 2);
    const bool is_prose = separator == ',' && word.find(' ') != std::string_view::npos;
    if (word.empty() || IsNumber(word) || is_prose) return std::nullopt;
    columns.emplace_back(word);
    if (end == rest.size()) break;
    rest.remove_prefix(end + 1);
  }
  if (columns.size() < kLeast || (!first.empty() && columns.size() != first.size())) return std::nullopt;
  if (std::ranges::any_of(first, IsKnownColumn)) return std::nullopt;
  return columns;
}

}  // namespace agront::formats
