// SPDX-License-Identifier: Apache-2.0
#include "inference/masked_passes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "tokenizer/kmer_tokenizer.h"
#include "tokenizer/vocabulary.h"

namespace agront::inference {
namespace {

std::vector<int32_t> Ids(const std::string& bases) {
  tokenizer::TokenizedBases tokens;
  tokenizer::Encode(bases, 1000, tokens);
  return tokens.ids;
}

/// <cls>, forty 6-mers with a mask and an N among them, and single letters.
std::vector<int32_t> AnyIds() {
  std::string bases;
  for (int i = 0; i < 40; ++i) bases += i == 11 ? "??????" : i == 25 ? "N" : "ACGTAC";
  return Ids(bases + "ACG");
}

std::vector<size_t> Sorted(const MaskedPasses& passes) {
  std::vector<size_t> all;
  for (const auto& pass : passes) all.insert(all.end(), pass.begin(), pass.end());
  std::ranges::sort(all);
  return all;
}

TEST(MaskedPasses, EachSixmerAndMaskIsInOneOfSevenPasses) {
  const std::vector<int32_t> ids = AnyIds();
  std::vector<size_t> want;
  for (size_t i = 0; i < ids.size(); ++i)
    if (tokenizer::IsKmer(ids[i]) || ids[i] == tokenizer::kMaskId) want.push_back(i);
  ASSERT_EQ(want.size(), 39u);  // neither <cls> nor N nor letters
  const MaskedPasses passes = SeventhsOf(ids);
  EXPECT_EQ(passes.size(), 7u);
  EXPECT_EQ(Sorted(passes), want);
  for (const auto& pass : passes)
    for (size_t i = 1; i < pass.size(); ++i) {
      EXPECT_GE(pass[i], pass[i - 1] + 7);  // six neighbours are seen
      EXPECT_EQ(pass[i] % 7, pass[0] % 7);
    }
}

TEST(MaskedPasses, SomeTokensAreInTheSamePassesAsInTheWhole) {
  const std::vector<size_t> tokens = {3, 4, 10, 18, 25};
  EXPECT_EQ(SeventhsOf(tokens), (MaskedPasses{{3, 10}, {4, 18, 25}}));
  EXPECT_TRUE(SeventhsOf(std::vector<size_t>()).empty());
  EXPECT_EQ(EachAlone(tokens), (MaskedPasses{{3}, {4}, {10}, {18}, {25}}));
}

TEST(MaskedPasses, WhatIsMaskedAlreadyIsOnePass) {
  const std::vector<int32_t> ids = AnyIds();
  EXPECT_EQ(AsMasked(ids), (MaskedPasses{{12}}));
  EXPECT_TRUE(AsMasked(Ids("ACGTACNACG")).empty());
  const std::vector<size_t> sixmers = SixmersOf(ids);
  EXPECT_EQ(sixmers.size(), 38u);
  EXPECT_EQ(std::ranges::count(sixmers, size_t{12}), 0);
}

}  // namespace
}  // namespace agront::inference
