// SPDX-License-Identifier: Apache-2.0
#include "agront/tokenizer.h"

#include "base/error.h"
#include "genome/nucleotide.h"
#include "tokenizer/kmer_tokenizer.h"
#include "tokenizer/vocabulary.h"

namespace agront {
namespace {

constexpr std::string_view kMaskText = "<mask>";
static_assert(kMaskText.size() == tokenizer::kKmerLength);  // so that masks do not shift positions
static_assert(kMaskTokenId == tokenizer::kMaskId && kVocabularySize == tokenizer::kVocabularySize);

/// Whether every letter is one of those that the program has inside: most sequences are, and need no copy.
bool IsNormal(std::string_view text) {
  bool is_normal = true;
  for (const char c : text) is_normal &= (c == 'A') | (c == 'C') | (c == 'G') | (c == 'T') | (c == 'N');
  return is_normal;
}

std::string Normalised(std::string_view text) {
  std::string bases(text.size(), 'N');
  for (size_t i = 0; i < text.size(); ++i) {
    const genome::Letter letter = genome::kLetters[static_cast<unsigned char>(text[i])];
    if (letter.kind != genome::LetterKind::kInvalid) {
      bases[i] = letter.base;
    } else if (text.substr(i).starts_with(kMaskText)) {
      bases.replace(i, kMaskText.size(), kMaskText.size(), genome::kMaskedBase);
      i += kMaskText.size() - 1;
    } else {
      Fail("base {}: expected A C G T U N, an IUPAC code or <mask>, got {:?}", i, text.substr(i, 1));
    }
  }
  return bases;
}

}  // namespace

Tokens Encode(std::string_view bases, int64_t max_tokens) {
  const std::string changed = IsNormal(bases) ? std::string() : Normalised(bases);
  const std::string_view normalised = changed.empty() ? bases : changed;
  tokenizer::TokenizedBases tokens;
  const auto most = static_cast<int64_t>(normalised.size()) + 1;
  tokenizer::Encode(normalised, max_tokens < 0 ? most : max_tokens, tokens);
  if (tokens.num_bases() != static_cast<int64_t>(normalised.size()))
    Fail("sequence of {} bases: expected at most {} tokens; cut it into windows", normalised.size(), max_tokens);
  return {std::move(tokens.ids), std::move(tokens.begin), std::move(tokens.end)};
}

std::string Decode(std::span<const int32_t> ids) {
  std::string text;
  for (const int32_t id : ids) text += id == kMaskTokenId ? std::string(kMaskText) : tokenizer::Decode({&id, 1});
  return text;
}

std::string TokenText(int32_t id) { return tokenizer::TokenText(id); }

}  // namespace agront
