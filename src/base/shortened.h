// SPDX-License-Identifier: Apache-2.0
// Long names for places with little room.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace agront {

/// The beginning of UTF-8 text, at most `most` bytes and whole letters: half a letter is no text, and JSON refuses it.
inline std::string_view Beginning(std::string_view text, size_t most) {
  constexpr size_t kMostContinuations = 3;
  if (text.size() <= most) return text;
  size_t end = most;
  while (end > 0 && most - end < kMostContinuations && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

/// The text, or its beginning and "…" where it has more than `most` bytes.
inline std::string Shortened(std::string_view text, size_t most) {
  return text.size() <= most ? std::string(text) : std::string(Beginning(text, most - 1)) + "…";
}

}  // namespace agront
