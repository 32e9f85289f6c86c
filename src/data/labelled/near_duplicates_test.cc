// SPDX-License-Identifier: Apache-2.0
#include "data/labelled/near_duplicates.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <set>

#include "data/labelled/labelled_test_set.h"
#include "genome/nucleotide.h"

namespace agront::data {
namespace {

std::vector<int64_t> Range(int64_t begin, int64_t end) {
  std::vector<int64_t> range(static_cast<size_t>(end - begin));
  std::iota(range.begin(), range.end(), begin);
  return range;
}

/// The 16-mers of both strands as text.
std::set<std::string> TextMers(const std::string& bases) {
  std::string other = bases;
  genome::ReverseComplement(other);
  std::set<std::string> mers;
  for (size_t i = 0; i + kNearMer <= bases.size(); ++i) {
    const std::string mer = bases.substr(i, kNearMer);
    const std::string complement = other.substr(bases.size() - i - kNearMer, kNearMer);
    if (mer.find('N') == std::string::npos) mers.insert(std::min(mer, complement));
  }
  return mers;
}

double SharedAsText(const std::string& a, const std::string& b) {
  const std::set<std::string> mers = TextMers(a);
  const std::set<std::string> others = TextMers(b);
  const auto shared = std::ranges::count_if(mers, [&](const std::string& mer) { return others.contains(mer); });
  return static_cast<double>(shared) / static_cast<double>(std::min(mers.size(), others.size()));
}

TEST(NearMers, AreTheDifferentOnesOfEitherStrand) {
  std::mt19937 random(1);  // NOLINT(bugprone-random-generator-seed): the same sequences in every run
  for (const size_t length : {1, 15, 16, 17, 40, 300}) {
    std::string bases = RandomBases(random, length);
    if (length > 30) {
      bases[length / 2] = 'N';
      bases += bases.substr(0, 20);
    }
    const std::vector<uint64_t> mers = NearMers(bases);
    EXPECT_TRUE(std::ranges::is_sorted(mers));
    EXPECT_EQ(mers.size(), TextMers(bases).size()) << length;
    std::string other = bases;
    genome::ReverseComplement(other);
    EXPECT_EQ(NearMers(other), mers);
  }
  EXPECT_EQ(NearMers(std::string(100, 'A')).size(), 1u);
  EXPECT_TRUE(NearMers(std::string(100, 'N')).empty());
}

TEST(NearMers, SharedOnesAreCountedOverTheShorter) {
  const std::vector<uint64_t> a = {1, 2, 3, 4, 9};
  const std::vector<uint64_t> b = {2, 4, 8};
  EXPECT_DOUBLE_EQ(SharedOf(a, b), 2.0 / 3);
  EXPECT_DOUBLE_EQ(SharedOf(b, a), 2.0 / 3);
  EXPECT_DOUBLE_EQ(SharedOf(a, {}), 0);
}

TEST(FindNearest, FindsPlantedPairsAndNoRandomOnes) {
  std::mt19937 random(2);  // NOLINT(bugprone-random-generator-seed): the same sequences in every run
  for (const size_t length : {170, 1000, 6000}) {
    std::vector<LabelledExample> examples;
    for (int i = 0; i < 400; ++i) examples.push_back(Example(RandomBases(random, length)));
    // Every second query is 95 % identical to another sequence, on the other strand half of the time.
    for (int i = 0; i < 200; ++i) {
      std::string bases =
          i % 2 == 0 ? Mutated(examples[static_cast<size_t>(2 * i)].bases, 0.05, random) : RandomBases(random, length);
      if (i % 4 == 0) genome::ReverseComplement(bases);
      examples.push_back(Example(bases));
    }
    const LabelledSet set = SetOf(examples);
    const std::vector<Nearest> nearest = FindNearest(set, Range(400, 600), Range(0, 400), 0.25);
    int found = 0;
    for (size_t i = 0; i < nearest.size(); ++i) {
      if (nearest[i].other < 0) continue;
      EXPECT_EQ(i % 2, 0u);
      EXPECT_EQ(nearest[i].other, static_cast<int64_t>(2 * i));
      EXPECT_DOUBLE_EQ(nearest[i].shared,
                       SharedAsText(set.Bases(static_cast<int64_t>(400 + i)), examples[2 * i].bases));
      ++found;
    }
    // By chance some of the short ones have so many changes that they share less than a quarter.
    EXPECT_GE(found, length == 170 ? 90 : 100);
  }
}

TEST(FindNearest, FindsOverlapsAndFragments) {
  std::mt19937 random(3);  // NOLINT(bugprone-random-generator-seed): the same sequences in every run
  std::vector<LabelledExample> examples;
  for (int i = 0; i < 50; ++i) examples.push_back(Example(RandomBases(random, 3000)));
  for (size_t i = 0; i < 50; ++i)
    examples.push_back(Example(examples[i].bases.substr(1500) + RandomBases(random, 1500)));
  for (size_t i = 0; i < 50; ++i) examples.push_back(Example(examples[i].bases.substr(700, 200)));
  const LabelledSet set = SetOf(examples);
  const std::vector<Nearest> nearest = FindNearest(set, Range(50, 150), Range(0, 50), 0.25);
  for (size_t i = 0; i < 100; ++i) {
    EXPECT_EQ(nearest[i].other, static_cast<int64_t>(i % 50)) << i;
    EXPECT_NEAR(nearest[i].shared, i < 50 ? 0.5 : 1.0, 0.01);
  }
}

TEST(FindNearest, WorksWithRepeatsAndSequencesWithoutMers) {
  std::vector<LabelledExample> examples;
  for (int i = 0; i < 300; ++i) examples.push_back(Example(std::string(200, 'A')));
  examples.push_back(Example("ACGT"));
  examples.push_back(Example(std::string(50, 'N')));
  examples.push_back(Example(std::string(70, 'T')));
  const LabelledSet set = SetOf(examples);
  const std::vector<Nearest> nearest = FindNearest(set, Range(300, 303), Range(0, 300), 0.25);
  EXPECT_EQ(nearest[0].other, -1);
  EXPECT_EQ(nearest[1].other, -1);
  EXPECT_EQ(nearest[2].other, 0);
  EXPECT_TRUE(FindNearest(set, {}, Range(0, 300), 0.25).empty());
  EXPECT_EQ(FindNearest(set, Range(0, 1), {}, 0.25)[0].other, -1);
}

}  // namespace
}  // namespace agront::data
