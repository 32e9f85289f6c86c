// SPDX-License-Identifier: Apache-2.0
// A base as a byte, the way a corpus is built: quick to count, to hash and to pack into two bits.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace agront::formats {

/// A base's digit in a 6-mer's number (A T C G are 0 1 2 3, so the complement is digit ^ 1 and bit 1 says G or C), or
/// kUnknownBase; and kInRepeat with either.
inline constexpr uint8_t kDigitMask = 3;
inline constexpr uint8_t kUnknownBase = 4;
inline constexpr uint8_t kInRepeat = 8;

/// The code of each letter: A C G T N, lower case for repeats; everything else is unknown.
inline constexpr std::array<uint8_t, 256> kBaseCodes = [] {
  std::array<uint8_t, 256> codes{};
  codes.fill(kUnknownBase);
  uint8_t digit = 0;  // N comes last and is kUnknownBase
  for (const char letter : std::string_view("ATCGN")) {
    codes[static_cast<unsigned char>(letter)] = digit;
    codes[static_cast<unsigned char>(letter - 'A' + 'a')] = digit | kInRepeat;
    ++digit;
  }
  return codes;
}();

}  // namespace agront::formats
