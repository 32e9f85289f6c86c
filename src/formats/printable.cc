// SPDX-License-Identifier: Apache-2.0
#include "agront/printable.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "formats/unicode.h"

namespace agront {
namespace {

/// Controls, and marks that move or hide what stands beside them.
bool IsInvisible(char32_t point) {
  constexpr std::pair<char32_t, char32_t> kRanges[] = {
      {0, 0x1F},        {0x7F, 0x9F},     {0xAD, 0xAD},     {0x61C, 0x61C},   {0x180E, 0x180E},  {0x200B, 0x200F},
      {0x2028, 0x202E}, {0x2060, 0x206F}, {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFB}, {0xE0000, 0xE007F}};
  return std::ranges::any_of(kRanges, [&](const auto& range) { return point >= range.first && point <= range.second; });
}

std::string Escaped(char32_t point) {
  switch (point) {
    case U'\t': return "\\t";
    case U'\n': return "\\n";
    case U'\r': return "\\r";
    default: break;
  }
  const auto number = static_cast<uint32_t>(point);
  return point < 0x80 ? fmt::format("\\x{:02x}", number) : fmt::format("\\u{{{:x}}}", number);
}

}  // namespace

std::string Printable(std::string_view text, size_t longest) {
  std::string shown;
  for (size_t at = 0; at < text.size();) {
    const size_t begin = at;
    const auto point = formats::NextPoint(text, at);
    const std::string piece = !point                ? formats::EscapedBytes(text.substr(begin, 1))
                              : IsInvisible(*point) ? Escaped(*point)
                                                    : std::string(text.substr(begin, at - begin));
    if (!point) at = begin + 1;
    if (shown.size() + piece.size() > longest) return shown + "...";
    shown += piece;
  }
  return shown;
}

}  // namespace agront
