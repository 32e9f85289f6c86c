// SPDX-License-Identifier: Apache-2.0
#include "formats/json.h"

#include <algorithm>
#include <span>

#include "agront/json_check.h"
#include "formats/file_kind.h"
#include "formats/unicode.h"

namespace agront::formats {
namespace {

constexpr size_t kShown = 40;

/// From 1.
size_t LineOf(std::string_view text, size_t byte) {
  return 1 + static_cast<size_t>(std::ranges::count(text.substr(0, byte), '\n'));
}

}  // namespace

void FailJson(std::string_view text, const std::string& place, size_t byte_1based) {
  const auto bytes = std::as_bytes(std::span(text));
  if (const FileKind kind = KindOf(bytes); kind != FileKind::kJson && kind != FileKind::kUnknown)
    Fail("{}: expected JSON, got {}", place, DescribeKind(bytes));
  const size_t at = byte_1based > 0 ? byte_1based - 1 : 0;
  if (at >= text.size())
    Fail("{}: expected JSON, got the end of the text in line {}", place, LineOf(text, text.size()));
  Fail("{}: expected JSON, got \"{}\" in line {}", place, EscapedBytes(text.substr(at, kShown)), LineOf(text, at));
}

void FailJsonNumber(std::string_view text, const std::string& place, std::string_view parser_message) {
  // "... number overflow parsing '1e999'"
  const size_t begin = parser_message.find('\'');
  const size_t end = parser_message.rfind('\'');
  if (begin == std::string_view::npos || end <= begin) Fail("{}: expected numbers that a double holds", place);
  const std::string_view number = parser_message.substr(begin + 1, end - begin - 1);
  Fail("{}: expected numbers that a double holds, got {}{} in line {}", place, EscapedBytes(number.substr(0, kShown)),
       number.size() > kShown ? "..." : "", LineOf(text, text.find(number)));
}

}  // namespace agront::formats

namespace agront {

void CheckJson(const std::string& text, const std::string& place) { formats::ParseJson(text, place); }

}  // namespace agront
