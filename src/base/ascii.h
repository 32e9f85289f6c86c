// SPDX-License-Identifier: Apache-2.0
// Letters of ASCII. The functions of the C library follow the locale that the program has set.
#pragma once

#include <algorithm>
#include <string>

namespace agront {

inline constexpr char AsciiLower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

inline std::string AsciiLower(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) { return AsciiLower(c); });
  return text;
}

inline constexpr bool IsAsciiLetterOrDigit(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/// A letter, digit, mark or space.
inline constexpr bool IsAsciiPrintable(char c) { return c >= ' ' && c <= '~'; }

}  // namespace agront
