// SPDX-License-Identifier: Apache-2.0
#include "agront/printable.h"

#include <fmt/format.h>

#include "formats/unicode.h"

namespace agront {
namespace {

/// Controls, and marks that move or hide what stands beside them.
bool IsInvisible(char32_t point) {
  return point < 0x20 || (point >= 0x7F && point < 0xA0) || (point >= 0x200B && point <= 0x200F) ||
         (point >= 0x2028 && point <= 0x202E) || (point >= 0x2060 && point <= 0x206F) || point == 0xFEFF;
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

std::string Printable(std::string_view text) {
  constexpr size_t kLongest = 200;
  std::string shown;
  for (size_t at = 0; at < text.size();) {
    const size_t begin = at;
    const auto point = formats::NextPoint(text, at);
    const std::string piece = !point                ? formats::EscapedBytes(text.substr(begin, 1))
                              : IsInvisible(*point) ? Escaped(*point)
                                                    : std::string(text.substr(begin, at - begin));
    if (!point) at = begin + 1;
    if (shown.size() + piece.size() > kLongest) return shown + "...";
    shown += piece;
  }
  return shown;
}

}  // namespace agront
