// SPDX-License-Identifier: Apache-2.0
#include "genome/nucleotide.h"

#include <gtest/gtest.h>

#include <utility>

namespace agront::genome {
namespace {

Letter Read(char code) { return kLetters[static_cast<unsigned char>(code)]; }

TEST(Nucleotide, ReadsEitherCase) {
  for (char code : std::string("ACGTN")) {
    EXPECT_EQ(Read(code).base, code);
    EXPECT_EQ(Read(static_cast<char>(code + 32)).base, code);
    EXPECT_EQ(Read(code).kind, LetterKind::kBase);
  }
}

TEST(Nucleotide, KeepsTheCaseWhereAsked) {
  for (const auto& [code, base] : {std::pair{'A', 'A'}, {'a', 'a'}, {'U', 'T'}, {'u', 't'}, {'R', 'N'}, {'r', 'n'}}) {
    EXPECT_EQ(kLettersInCase[static_cast<unsigned char>(code)].base, base);
    EXPECT_EQ(kLettersInCase[static_cast<unsigned char>(code)].kind, Read(code).kind);
  }
  EXPECT_EQ(kLettersInCase['l'].kind, LetterKind::kInvalid);
}

TEST(Nucleotide, ReadsUracilAsThymineAndIupacAsN) {
  EXPECT_EQ(Read('u').base, 'T');
  EXPECT_EQ(Read('U').kind, LetterKind::kUracil);
  for (char code : std::string("RYSWKMBDHVryswkmbdhv")) {
    EXPECT_EQ(Read(code).base, 'N') << code;
    EXPECT_EQ(Read(code).kind, LetterKind::kAmbiguous) << code;
  }
}

TEST(Nucleotide, RefusesEverythingElse) {
  int valid = 0;
  for (const Letter& letter : kLetters) valid += letter.kind != LetterKind::kInvalid;
  EXPECT_EQ(valid, 2 * (5 + 1 + 10));
  for (char code : std::string("EFILPQXZJO*-.0 \n<>@[`{")) EXPECT_EQ(Read(code).kind, LetterKind::kInvalid) << code;
}

TEST(Nucleotide, ReverseComplements) {
  std::string bases = "AACGTNG?";
  ReverseComplement(bases);
  EXPECT_EQ(bases, "?CNACGTT");
}

}  // namespace
}  // namespace agront::genome
