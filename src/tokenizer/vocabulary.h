// SPDX-License-Identifier: Apache-2.0
// The published vocabulary: specials, the 4,096 6-mers in the order of A, T, C, G, single letters and N.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace agront::tokenizer {

inline constexpr int kKmerLength = 6;
inline constexpr int32_t kUnknownId = 0;
inline constexpr int32_t kPadId = 1;
inline constexpr int32_t kMaskId = 2;
inline constexpr int32_t kClassId = 3;
inline constexpr int32_t kFirstKmerId = 4;
inline constexpr int32_t kNumKmers = 4096;
inline constexpr int32_t kFirstLetterId = kFirstKmerId + kNumKmers;  ///< A, then T, C, G, N
inline constexpr int32_t kVocabularySize = kFirstLetterId + 5;

/// The letters with a token of their own, in the order of their ids; the first four are the digits of 6-mers.
inline constexpr std::string_view kLetterOrder = "ATCGN";

/// For each character its place in kLetterOrder, -1 for those that are not there.
inline constexpr std::array<int8_t, 256> kBaseDigits = [] {
  std::array<int8_t, 256> digits{};
  for (int8_t& digit : digits) digit = -1;
  for (size_t i = 0; i < kLetterOrder.size(); ++i)
    digits[static_cast<unsigned char>(kLetterOrder[i])] = static_cast<int8_t>(i);
  return digits;
}();

inline int BaseDigit(char base) { return kBaseDigits[static_cast<unsigned char>(base)]; }

/// 4 + the base-4 number of six bases, first letter most significant; -1 when one of them is not A C G T.
/// All six at once: bits 1 and 2 of the letters' codes distinguish them, as the digit's high and low bit.
inline int32_t KmerId(const char* bases) {
  constexpr uint64_t kOnes = 0x0101'0101'0101;
  // The first one lowest. Two loads: six bytes copied into eight in memory would be read before they are there.
  uint32_t first_four;
  uint16_t last_two;
  std::memcpy(&first_four, bases, sizeof(first_four));
  std::memcpy(&last_two, bases + sizeof(first_four), sizeof(last_two));
  const uint64_t letters = first_four | uint64_t{last_two} << 32;
  const uint64_t high = letters >> 1 & kOnes;
  const uint64_t low = letters >> 2 & kOnes;
  // A, C and G are 0x41 with these bits set; T would be 0x45 but is 0x54.
  const uint64_t spelt = ('A' * kOnes) ^ high << 1 ^ low << 2 ^ (low & ~high) * ('T' ^ 0x45);
  if (letters != spelt) return -1;
  const uint64_t digits = high << 1 | low;
  const uint64_t pairs = digits << 2 | digits >> 8;  // in bytes 0, 2 and 4
  return kFirstKmerId + static_cast<int32_t>((pairs & 15) << 8 | (pairs >> 16 & 15) << 4 | (pairs >> 32 & 15));
}

inline bool IsKmer(int32_t id) { return id >= kFirstKmerId && id < kFirstLetterId; }

/// Bases that a token stands for: 6 for a 6-mer and for <mask>, 1 for a letter, 0 for the other specials.
int TokenLength(int32_t id);

/// The text of a token, "<cls>" or "ATTCCG"; throws Error outside [0, 4105).
std::string TokenText(int32_t id);

/// The id of a token's text; nothing when the vocabulary lacks it.
std::optional<int32_t> TokenId(std::string_view text);

/// The published vocab.txt: 4,107 lines (the last two, <eos> and <bos>, have no embedding), no final newline.
std::string VocabularyFile();

}  // namespace agront::tokenizer
