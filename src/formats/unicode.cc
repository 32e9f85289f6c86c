// SPDX-License-Identifier: Apache-2.0
#include "formats/unicode.h"

#include <fmt/format.h>

namespace agront::formats {

std::optional<char32_t> NextPoint(std::string_view text, size_t& at) {
  const auto first = static_cast<unsigned char>(text[at++]);
  const int more = first < 0x80 ? 0 : first < 0xC0 ? -1 : first < 0xE0 ? 1 : first < 0xF0 ? 2 : first < 0xF8 ? 3 : -1;
  if (more < 0 || text.size() - at < static_cast<size_t>(more)) return std::nullopt;
  char32_t point = more == 0 ? first : first & (0x3F >> more);
  for (int k = 0; k < more; ++k) {
    const auto next = static_cast<unsigned char>(text[at++]);
    if ((next & 0xC0) != 0x80) return std::nullopt;
    point = point << 6 | (next & 0x3F);
  }
  constexpr char32_t kLeast[] = {0, 0x80, 0x800, 0x10000};  // by the number of continuation bytes
  if (point < kLeast[more] || point > 0x10FFFF || (point >= 0xD800 && point < 0xE000)) return std::nullopt;
  return point;
}

std::optional<std::u32string> DecodeUtf8(std::string_view text) {
  std::u32string points;
  for (size_t at = 0; at < text.size();) {
    const auto point = NextPoint(text, at);
    if (!point) return std::nullopt;
    points += *point;
  }
  return points;
}

std::string EscapedBytes(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    escaped += byte >= 0x20 && byte < 0x7F ? std::string(1, c) : fmt::format("\\x{:02x}", byte);
  }
  return escaped;
}

}  // namespace agront::formats
