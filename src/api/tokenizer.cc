// SPDX-License-Identifier: Apache-2.0
#include "agront/tokenizer.h"

#include "base/error.h"
#include "data/letters.h"
#include "genome/nucleotide.h"
#include "tokenizer/kmer_tokenizer.h"
#include "tokenizer/vocabulary.h"

namespace agront {
namespace {

constexpr std::string_view kMaskText = "<mask>";
static_assert(kMaskTokenId == tokenizer::kMaskId && kVocabularySize == tokenizer::kVocabularySize);

std::string Normalised(std::string_view text) {
  formats::LetterCounts counts;
  return data::LettersOf(text, counts);
}

}  // namespace

Tokens Encode(std::string_view bases, int64_t max_tokens) {
  tokenizer::TokenizedBases tokens;
  const auto encode = [&](std::string_view letters) {
    const auto most = static_cast<int64_t>(letters.size()) + 1;
    return tokenizer::EncodeKnown(letters, max_tokens < 0 ? most : max_tokens, tokens);
  };
  // Most sequences have only letters that the program has inside, and are read once.
  if (bases.find(genome::kMaskedBase) != std::string_view::npos || encode(bases) != std::string_view::npos)
    encode(Normalised(bases));
  if (tokens.num_bases() != static_cast<int64_t>(bases.size()))
    Fail("sequence of {} bases: expected at most {} tokens; cut it into windows", bases.size(), max_tokens);
  return {std::move(tokens.ids), std::move(tokens.begin), std::move(tokens.end)};
}

std::string Decode(std::span<const int32_t> ids) {
  std::string text;
  for (const int32_t id : ids) text += id == kMaskTokenId ? std::string(kMaskText) : tokenizer::Decode({&id, 1});
  return text;
}

std::string TokenText(int32_t id) { return tokenizer::TokenText(id); }

}  // namespace agront
