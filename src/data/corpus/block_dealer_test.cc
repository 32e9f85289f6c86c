// SPDX-License-Identifier: Apache-2.0
#include "data/corpus/block_dealer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace agront::data {
namespace {

TEST(BlockDealer, GivesPartsTheirShares) {
  constexpr int kBlocks = 20'000;
  constexpr int kFolds = 8;
  BlockDealer dealer(1, 0.95, kFolds);
  dealer.BeginSequence("A", "chr1");
  int training = 0;
  std::vector<int> folds(kFolds);
  for (int block = 0; block < kBlocks; ++block) {
    const Deal deal = dealer.OfBlock(block);
    training += deal.part == formats::Part::kTraining;
    ++folds.at(deal.fold);
  }
  const auto deviation = [&](double share) { return std::sqrt(kBlocks * share * (1 - share)); };
  EXPECT_NEAR(training, 0.95 * kBlocks, 5 * deviation(0.95));
  for (const int count : folds) EXPECT_NEAR(count, kBlocks / kFolds, 5 * deviation(1.0 / kFolds));
}

TEST(BlockDealer, DependsOnSeedSpeciesAndSequence) {
  const auto deals = [](uint64_t seed, const std::string& species, const std::string& sequence) {
    BlockDealer dealer(seed, 0.5, 1);
    dealer.BeginSequence(species, sequence);
    std::string text;
    for (int block = 0; block < 64; ++block) text += dealer.OfBlock(block).part == formats::Part::kTraining ? 't' : 'v';
    return text;
  };
  EXPECT_EQ(deals(1, "A", "chr1"), deals(1, "A", "chr1"));
  EXPECT_NE(deals(1, "A", "chr1"), deals(2, "A", "chr1"));
  EXPECT_NE(deals(1, "A", "chr1"), deals(1, "B", "chr1"));
  EXPECT_NE(deals(1, "A", "chr1"), deals(1, "A", "chr2"));
}

TEST(BlockDealer, RefusesBasesOfTwoParts) {
  BlockDealer dealer(7, 0.5, 1);
  dealer.BeginSequence("A", "chr1");
  int straddling = 0;
  for (int64_t block = 0; block < 50; ++block) {
    const int64_t border = (block + 1) * kBlockBases;
    const Deal left = dealer.OfBlock(block);
    const Deal right = dealer.OfBlock(block + 1);
    EXPECT_EQ(dealer.OfBases(border - 100, border), left);
    EXPECT_EQ(dealer.OfBases(border, border + 100), right);
    const auto both = dealer.OfBases(border - 1, border + 1);
    EXPECT_EQ(both.has_value(), left == right);
    straddling += both ? 0 : 1;
  }
  EXPECT_GT(straddling, 5);
}

}  // namespace
}  // namespace agront::data
