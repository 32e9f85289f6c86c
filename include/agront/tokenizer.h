// SPDX-License-Identifier: Apache-2.0
// Bases to tokens and back.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agront/export.h"

namespace agront {

/// Token ids with the bases [begin[i], end[i]) that each stands for, 0-based in the encoded text; <cls> stands for
/// none, [0, 0).
struct Tokens {
  std::vector<int32_t> ids;
  std::vector<int64_t> begin;
  std::vector<int64_t> end;
};

inline constexpr int32_t kMaskTokenId = 2;
inline constexpr int32_t kVocabularySize = 4105;

/// <cls>, then 6-mers from the left, restarting at every N; single letters for the rest. `bases` may be in either
/// case and hold IUPAC codes (read as N), U (as T) and `<mask>` for six unknown bases. Throws Error for another letter
/// and, unless `max_tokens` is negative, for a sequence of more tokens. Any thread may call it at any time.
AGRONT_EXPORT Tokens Encode(std::string_view bases, int64_t max_tokens = 1024);

/// The bases of the tokens, `<mask>` for a mask; special tokens give nothing. Throws Error for ids outside the
/// vocabulary and for <unk>. Any thread may call it at any time.
AGRONT_EXPORT std::string Decode(std::span<const int32_t> ids);

/// "<cls>", "ATTCCG", "N"; throws Error outside [0, kVocabularySize). Any thread may call it at any time.
AGRONT_EXPORT std::string TokenText(int32_t id);

}  // namespace agront
