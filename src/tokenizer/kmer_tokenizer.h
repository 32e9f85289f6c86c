// SPDX-License-Identifier: Apache-2.0
// Bases to tokens and back.
//
// The text is split at N and at masks; every piece is cut into 6-mers from its left, its rest into single letters:
// ATCCCGGNNTCGACACN becomes <cls> ATCCCG G N N TCGACA C N. On A, C, G, T, N this equals the reference tokenizers
// (EsmTokenizer of Hugging Face transformers; FixedSizeNucleotidesKmersTokenizer of the JAX code).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace agront::tokenizer {

/// Token ids with the bases [begin[i], end[i]) that each stands for, 0-based in the encoded text;
/// <cls> stands for none, [0, 0).
struct TokenizedBases {
  std::vector<int32_t> ids;
  std::vector<int64_t> begin;
  std::vector<int64_t> end;

  size_t size() const { return ids.size(); }
  /// Bases encoded: where the last token ends.
  int64_t num_bases() const { return end.empty() ? 0 : end.back(); }
};

/// Encodes as much of `bases` (A C G T N and '?', six '?' to a mask) as fits in `max_tokens`, <cls> included.
/// Replaces what `out` held. Throws Error for another character or a number of '?' in a run that 6 does not divide.
void Encode(std::string_view bases, int64_t max_tokens, TokenizedBases& out);

/// The same up to the first letter that is none of these; returns where it is, npos if nowhere.
size_t EncodeKnown(std::string_view bases, int64_t max_tokens, TokenizedBases& out);

/// The bases of the tokens; a mask gives six '?', <cls> and <pad> nothing. Throws Error for <unk> and for ids
/// outside the vocabulary.
std::string Decode(std::span<const int32_t> ids);

}  // namespace agront::tokenizer
