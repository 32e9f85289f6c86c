// SPDX-License-Identifier: Apache-2.0
#include "tokenizer/kmer_tokenizer.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "base/sha256.h"
#include "tokenizer/vocabulary.h"

namespace agront::tokenizer {
namespace {

constexpr int64_t kNoLimit = 1 << 30;

std::string Texts(const TokenizedBases& tokens) {
  std::string texts;
  for (int32_t id : tokens.ids) texts += (texts.empty() ? "" : " ") + TokenText(id);
  return texts;
}

TokenizedBases Encoded(std::string_view bases, int64_t max_tokens = kNoLimit) {
  TokenizedBases tokens;
  Encode(bases, max_tokens, tokens);
  return tokens;
}

TEST(Vocabulary, IsThePublishedFile) {
  Sha256 hash;
  hash.Update(VocabularyFile());
  EXPECT_EQ(hash.Hex(), "f1b544e27897936b50bbd925850fa8a08b421c33bb9c26e3711c140c061d0d4c");
}

TEST(Vocabulary, GoesBothWays) {
  EXPECT_EQ(TokenId("ATTCCG"), 367);
  EXPECT_EQ(TokenId("TATATA"), 1096);
  EXPECT_EQ(TokenId("GGGGGG"), 4099);
  EXPECT_EQ(TokenId("N"), 4104);
  for (int32_t id = 0; id < kVocabularySize; ++id) EXPECT_EQ(TokenId(TokenText(id)), id);
  EXPECT_FALSE(TokenId("<eos>"));
  EXPECT_FALSE(TokenId("ACGTAN"));
  EXPECT_FALSE(TokenId(""));
  EXPECT_THROW(TokenText(4105), Error);
  EXPECT_THROW(TokenText(-1), Error);
}

TEST(Vocabulary, RefusesEveryOtherCharacterAtEveryPlace) {
  for (int place = 0; place < kKmerLength; ++place)
    for (int character = 0; character < 256; ++character) {
      std::string bases = "GATTAC";
      bases[static_cast<size_t>(place)] = static_cast<char>(character);
      const bool is_base = std::string_view("ACGT").find(static_cast<char>(character)) != std::string_view::npos;
      EXPECT_EQ(KmerId(bases.data()) >= 0, is_base) << place << " " << character;
    }
}

TEST(KmerTokenizer, SplitsAtNAndLeavesSingleLetters) {
  const TokenizedBases tokens = Encoded("ATCCCGGNNTCGACACN");
  EXPECT_EQ(Texts(tokens), "<cls> ATCCCG G N N TCGACA C N");
  EXPECT_EQ(tokens.begin, (std::vector<int64_t>{0, 0, 6, 7, 8, 9, 15, 16}));
  EXPECT_EQ(tokens.end, (std::vector<int64_t>{0, 6, 7, 8, 9, 15, 16, 17}));
}

TEST(KmerTokenizer, RestartsAtAMask) {
  EXPECT_EQ(Texts(Encoded("ACG??????ACGTAC??????")), "<cls> A C G <mask> ACGTAC <mask>");
  EXPECT_THROW(Encoded("ACG?????ACGTAC"), Error);
  EXPECT_THROW(Encoded("ACG?????"), Error);
}

TEST(KmerTokenizer, EndsBeforeTheLimit) {
  EXPECT_EQ(Texts(Encoded("ACGTACGTACGTACGT", 3)), "<cls> ACGTAC GTACGT");
  EXPECT_EQ(Encoded("ACGTACGTACGTACGT", 3).num_bases(), 12);
  EXPECT_EQ(Texts(Encoded("NNN", 3)), "<cls> N N");
  EXPECT_EQ(Texts(Encoded("")), "<cls>");
}

TEST(KmerTokenizer, DecodesWhatItEncodes) {
  for (const char* bases : {"", "A", "ACGTAC", "ACGTACG", "NNACGTACGNAC??????T"})
    EXPECT_EQ(Decode(Encoded(bases).ids), bases);
  EXPECT_THROW(Decode(std::vector<int32_t>{0}), Error);
  EXPECT_THROW(Decode(std::vector<int32_t>{4105}), Error);
}

TEST(KmerTokenizer, RefusesOtherCharacters) {
  EXPECT_THROW(Encoded("ACGTRA"), Error);
  EXPECT_THROW(Encoded("acgtac"), Error);
}

}  // namespace
}  // namespace agront::tokenizer
