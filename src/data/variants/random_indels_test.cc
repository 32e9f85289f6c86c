// SPDX-License-Identifier: Apache-2.0
#include "data/variants/random_indels.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

#include "data/variants/genome_in_memory.h"

namespace agront::data {
namespace {

std::string RandomBases(size_t count) {
  std::mt19937 random(1);
  std::string bases(count, 'A');
  for (char& base : bases) base = "ACGT"[random() % 4];
  return bases;
}

TEST(RandomIndels, LieInTheGenomeWhereItIsKnown) {
  const std::string one = RandomBases(3000), other = std::string(900, 'N') + one.substr(100, 100);
  const GenomeInMemory sequences({{"one", one}, {"other", other}, {"short", "ACGT"}});
  GenomeBases genome(sequences);
  constexpr int64_t kMargin = 20;
  for (const auto& [deleted, inserted] : {std::pair<int64_t, int64_t>{7, 0}, {0, 7}, {3, 5}}) {
    const std::vector<RandomIndel> indels = RandomIndels(genome, deleted, inserted, kMargin, 200);
    ASSERT_EQ(indels.size(), 200u);
    std::set<int64_t> starts;
    int64_t of_other = 0;
    for (const RandomIndel& indel : indels) {
      EXPECT_EQ(indel.change.end - indel.change.start, deleted);
      EXPECT_EQ(static_cast<int64_t>(indel.change.alternative.size()), inserted);
      EXPECT_EQ(indel.change.alternative.find('N'), std::string::npos);
      starts.insert(indel.change.start);
      of_other += indel.sequence == "other";
      EXPECT_TRUE(indel.sequence == "one" || indel.change.start >= 900);
    }
    EXPECT_GT(starts.size(), 150u);
    EXPECT_GT(of_other, 0);
    EXPECT_LT(of_other, 20);  // 60 places of 3,000
    const std::vector<RandomIndel> again = RandomIndels(genome, deleted, inserted, kMargin, 200);
    for (size_t i = 0; i < indels.size(); ++i) EXPECT_EQ(indels[i].change, again[i].change);
  }
}

TEST(RandomIndels, AreAtTheirLeftmostPlaces) {
  const GenomeInMemory sequences({{"one", "GTC" + std::string(200, 'A')}});
  GenomeBases genome(sequences);
  for (const RandomIndel& indel : RandomIndels(genome, 2, 0, 10, 20)) EXPECT_EQ(indel.change.start, 3);
}

TEST(RandomIndels, AreNoneWhereThereIsNoPlace) {
  const GenomeInMemory sequences(std::vector<SequenceRecord>{{"one", "ACGTNNAC"}});
  GenomeBases genome(sequences);
  EXPECT_TRUE(RandomIndels(genome, 5, 0, 0, 3).empty());
  EXPECT_TRUE(RandomIndels(genome, 1, 5, 0, 3).empty());
  EXPECT_FALSE(RandomIndels(genome, 2, 0, 0, 3).empty());
}

}  // namespace
}  // namespace agront::data
