// SPDX-License-Identifier: Apache-2.0
#include "genome/variant.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>
#include <string>

namespace agront::genome {
namespace {

TEST(Variant, KindsOfAlleles) {
  for (const char* bases : {"A", "acgT", "TTTTTTTT"}) EXPECT_EQ(KindOfAllele(bases), AlleleKind::kBases) << bases;
  for (const char* letters : {"N", "AR", "nnn"}) EXPECT_EQ(KindOfAllele(letters), AlleleKind::kAmbiguous) << letters;
  EXPECT_EQ(KindOfAllele("."), AlleleKind::kMissing);
  EXPECT_EQ(KindOfAllele("*"), AlleleKind::kStar);
  for (const char* any : {"<*>", "<NON_REF>"}) EXPECT_EQ(KindOfAllele(any), AlleleKind::kAnyOther) << any;
  for (const char* symbol : {"<DEL>", "<DUP:TANDEM>", "<CN0>"})
    EXPECT_EQ(KindOfAllele(symbol), AlleleKind::kSymbolic) << symbol;
  for (const char* end : {"G]17:198982]", "]13:123456]T", "C[2:321682[", ".TGCA", "TGCA."})
    EXPECT_EQ(KindOfAllele(end), AlleleKind::kBreakend) << end;
  for (const char* other : {"", "A-", "<DEL", "1", "A.C", "A C"})
    EXPECT_EQ(KindOfAllele(other), AlleleKind::kOther) << other;
}

TEST(Variant, ReferenceFitsGenome) {
  EXPECT_TRUE(FitsGenome("acgt", "ACGT"));
  EXPECT_TRUE(FitsGenome("NRA", "CGA"));
  EXPECT_TRUE(FitsGenome("A", "N"));  // a genome's R, whose first letter is A
  EXPECT_FALSE(FitsGenome("R", "C"));
  EXPECT_FALSE(FitsGenome("A", "C"));
  EXPECT_FALSE(FitsGenome("AC", "A"));
  EXPECT_FALSE(FitsGenome("-", "N"));
}

TEST(Variant, SpellingsOfASubstitutionAreOneChange) {
  const Change change{.start = 7, .end = 8, .alternative = "G"};
  EXPECT_EQ(TrimmedChange(7, "A", "G"), change);
  EXPECT_EQ(TrimmedChange(6, "ca", "cg"), change);
  EXPECT_EQ(TrimmedChange(5, "TCAT", "TCGT"), change);
  EXPECT_TRUE(TrimmedChange(5, "TCAT", "tcat").changes_nothing());
  EXPECT_FALSE(TrimmedChange(5, "T", "TA").is_substitution());
}

TEST(Variant, InsertionInARepeatGoesToItsLeft) {
  const std::string sequence = "GCATATATG";  // one more AT
  const auto base_at = [&](int64_t at) { return sequence.at(static_cast<size_t>(at)); };
  for (const int64_t place : {2, 4, 6, 8}) {
    Change change{.start = place, .end = place, .alternative = "AT"};
    AlignLeft(change, base_at);
    EXPECT_EQ(change, (Change{.start = 2, .end = 2, .alternative = "AT"})) << place;
  }
  Change turned{.start = 7, .end = 7, .alternative = "TA"};
  AlignLeft(turned, base_at);
  EXPECT_EQ(turned, (Change{.start = 2, .end = 2, .alternative = "AT"}));
}

std::string Applied(const std::string& sequence, const Change& change) {
  return sequence.substr(0, static_cast<size_t>(change.start)) + change.alternative +
         sequence.substr(static_cast<size_t>(change.end));
}

/// Two letters make many repeats. All indels of one length that give one sequence are one change, and it gives it.
TEST(Variant, EqualSequencesAreOneChange) {
  std::mt19937 random(3);
  for (int round = 0; round < 60; ++round) {
    std::string sequence(24, 'A');
    for (char& base : sequence) base = "AC"[random() % 2];
    const auto base_at = [&](int64_t at) { return sequence.at(static_cast<size_t>(at)); };
    std::map<std::string, std::set<Change>> changes;
    for (int64_t start = 0; start < 20; ++start)
      for (int64_t length = 1; length <= 4; ++length) {
        std::string inserted(static_cast<size_t>(length), 'A');
        for (char& base : inserted) base = "AC"[random() % 2];
        for (Change change : {Change{.start = start, .end = start + length, .alternative = ""},
                              Change{.start = start, .end = start, .alternative = inserted}}) {
          const std::string made = Applied(sequence, change);
          AlignLeft(change, base_at);
          EXPECT_EQ(Applied(sequence, change), made);
          changes[made].insert(change);
        }
      }
    for (const auto& [made, of_it] : changes) EXPECT_EQ(of_it.size(), 1U) << sequence << " " << made;
  }
}

TEST(Variant, UnknownBasesStop) {
  const std::string sequence = "AANAAA";
  const auto base_at = [&](int64_t at) { return sequence.at(static_cast<size_t>(at)); };
  Change change{.start = 5, .end = 6, .alternative = ""};
  AlignLeft(change, base_at);
  EXPECT_EQ(change.start, 3);
}

}  // namespace
}  // namespace agront::genome
