// SPDX-License-Identifier: Apache-2.0
// The published vocabulary: specials, the 4,096 6-mers in the order of A, T, C, G, single letters and N.
#pragma once

#include <cstdint>
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

/// The digit of a base in a 6-mer's number, A=0 T=1 C=2 G=3; N is 4; -1 for any other character.
int BaseDigit(char base);

/// 4 + the base-4 number of six bases, first letter most significant; -1 when one of them is not A C G T.
int32_t KmerId(const char* bases);

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
