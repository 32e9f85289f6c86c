// SPDX-License-Identifier: Apache-2.0
#include "baselines/sequence_features.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <random>

namespace agront::baselines {
namespace {

std::map<int32_t, float> Map(const std::vector<FeatureTable::Entry>& entries) {
  std::map<int32_t, float> map;
  for (const auto [column, value] : entries) map[column] = value;
  return map;
}

std::string RandomBases(size_t length, uint32_t seed) {
  std::mt19937 random(seed);
  std::string bases;
  while (bases.size() < length) bases += "ACGTACGTACGTN"[random() % 13];
  return bases;
}

TEST(Kmers, AreCountedByTheirLetters) {
  // AA is 0, AC 1, CA 4; what holds the N is none.
  EXPECT_EQ(Map(Kmers(2, false)->Compute("AACNACA")), (std::map<int32_t, float>{{0, 0.25F}, {1, 0.5F}, {4, 0.25F}}));
  EXPECT_TRUE(Kmers(3, false)->Compute("ACNGT").empty());
  EXPECT_TRUE(Kmers(3, false)->Compute("").empty());
}

TEST(Kmers, OfBothStrandsAreThoseOfTheReverseComplement) {
  for (const int k : {1, 2, 5, 6}) {
    std::string bases = RandomBases(500, 3);
    const auto features = Kmers(k, true);
    const auto forward = Map(features->Compute(bases));
    std::string other(bases.rbegin(), bases.rend());
    for (char& base : other) base = base == 'N' ? 'N' : "TGCA"[std::string("ACGT").find(base)];
    EXPECT_EQ(forward, Map(features->Compute(other))) << k;
    EXPECT_NE(Map(Kmers(k, false)->Compute(bases)), Map(Kmers(k, false)->Compute(other))) << k;
  }
  EXPECT_EQ(Kmers(6, true)->columns(), 2080);  // (4^6 + 4^3) / 2: 64 are their own reverse complement
  EXPECT_EQ(Kmers(5, true)->columns(), 512);
}

TEST(GcAndLength, LeavesOutUnknownBases) {
  const auto entries = GcAndLength()->Compute("GCNNAT");
  EXPECT_FLOAT_EQ(entries[0].value, 0.5F);
  EXPECT_FLOAT_EQ(entries[2].value, 6);
}

TEST(Standardizer, GivesUnitVariance) {
  std::mt19937 random(1);
  FeatureTable table(3);
  for (int i = 0; i < 1000; ++i) {
    std::vector<FeatureTable::Entry> entries = {{0, static_cast<float>(random() % 100)}, {1, 0.1F}};
    if (i % 5 == 0) entries.push_back({2, static_cast<float>(random() % 7)});
    table.AddRow(entries);
  }
  const FeatureTable standard = Standardizer(table).Apply(table);
  double sums[3] = {}, squares[3] = {};
  for (int64_t i = 0; i < standard.rows(); ++i)
    for (const auto [column, value] : standard.row(i)) {
      EXPECT_NE(column, 1);  // never varies
      sums[column] += value;
      squares[column] += value * value;
    }
  EXPECT_NEAR(sums[0], 0, 0.01);
  EXPECT_NEAR(squares[0] / 1000, 1, 1e-4);
  EXPECT_GT(sums[2], 0);  // in few rows: not centred
  EXPECT_NEAR(squares[2] / 1000 - std::pow(sums[2] / 1000, 2), 1, 1e-4);
}

}  // namespace
}  // namespace agront::baselines
