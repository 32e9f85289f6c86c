// SPDX-License-Identifier: Apache-2.0
// What is planned for changes, without a model: each window once, in any order.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "data/variants/genome_in_memory.h"
#include "inference/pll_plan.h"
#include "inference/sixmer_plan.h"

namespace agront::inference {
namespace {

std::string RandomBases(size_t count) {
  std::mt19937 random(1);
  std::string bases(count, 'A');
  for (char& base : bases) base = "ACGT"[random() % 4];
  return bases;
}

class PlansChanges : public testing::Test {
 protected:
  genome::Change Snv(int64_t start, int other = 0) const {
    const std::string letters = "ACGT";
    const size_t was = letters.find(bases_[static_cast<size_t>(start)]);
    return {start, start + 1, std::string(1, letters[(was + 1 + static_cast<size_t>(other)) % 4])};
  }

  size_t Passes(const VariantScoreOptions& options, const std::vector<genome::Change>& changes) {
    SixmerPlan plan(genome_, options);
    for (size_t i = 0; i < changes.size(); ++i) plan.Add(i, "chr", changes[i]);
    return plan.passes();
  }

  size_t Windows(const VariantScoreOptions& options, const std::vector<genome::Change>& changes) {
    PllPlan plan(genome_, options);
    for (size_t i = 0; i < changes.size(); ++i) plan.Add(i, "chr", changes[i]);
    return plan.windows();
  }

  std::string bases_ = RandomBases(400);
  data::GenomeInMemory sequences_{{{"chr", bases_}, {"short", "ACGTACGT"}}};
  data::GenomeBases genome_{sequences_};
};

TEST_F(PlansChanges, SixmersAreMaskedOncePerStrand) {
  const VariantScoreOptions one{.sixmers = 21}, all{.all_places = true, .sixmers = 21};
  EXPECT_EQ(Passes(one, {Snv(200)}), 2u);
  EXPECT_EQ(Passes(all, {Snv(200)}), 12u);
  EXPECT_EQ(Passes(all, {{200, 203, "TTT"}}), 8u);  // 7 - 3 places
  EXPECT_EQ(Passes(all, {Snv(0)}), 2u);             // one place beside the end
  EXPECT_EQ(Passes(all, {Snv(2)}), 6u);
}

TEST_F(PlansChanges, SixmersAreSharedInAnyOrder) {
  std::vector<genome::Change> changes;
  for (int64_t start = 190; start < 230; start += 3)
    for (const int other : {0, 1, 2}) changes.push_back(Snv(start, other));
  for (const bool shared_masks : {false, true}) {
    const VariantScoreOptions options{.all_places = true, .sixmers = 21, .shared_masks = shared_masks};
    const size_t passes = Passes(options, changes);
    std::vector<genome::Change> twice = changes;
    twice.insert(twice.end(), changes.rbegin(), changes.rend());
    EXPECT_EQ(Passes(options, twice), passes);
    std::ranges::shuffle(twice, std::mt19937(2));
    EXPECT_EQ(Passes(options, twice), passes);
    EXPECT_LT(passes, changes.size() * 12 / 3);
  }
}

TEST_F(PlansChanges, SharedMasksTakeNoMorePassesForMoreChanges) {
  const VariantScoreOptions options{.all_places = true, .sixmers = 21, .shared_masks = true};
  std::vector<genome::Change> changes;
  size_t most = 0;
  for (int64_t start = 0; start < 400; ++start) changes.push_back(Snv(start));
  most = Passes(options, changes);
  // Two strands, six ways to cut, seven sevenths, and half a window is 11 6-mers at most.
  EXPECT_LE(most, 84 * (400 / 60 + 2));
  for (int64_t start = 0; start < 400; ++start) changes.push_back(Snv(start, 1));
  EXPECT_EQ(Passes(options, changes), most);
}

TEST_F(PlansChanges, WindowsOfTheReferenceAreSharedInAnyOrder) {
  const VariantScoreOptions options{.sixmers = 15};
  EXPECT_EQ(Windows(options, {Snv(200)}), 24u);  // two strands, six frames, two alleles
  EXPECT_EQ(Windows(options, {Snv(200), Snv(200)}), 24u);
  EXPECT_EQ(Windows(options, {Snv(200), Snv(200, 1), Snv(200, 2)}), 12u * 4);
  EXPECT_EQ(Windows({.pll_frames = 1, .sixmers = 15}, {Snv(200)}), 4u);
  std::vector<genome::Change> changes = {Snv(200), Snv(201), {203, 203, "AC"}, {205, 208, ""}, Snv(350)};
  const size_t windows = Windows(options, changes);
  std::ranges::reverse(changes);
  EXPECT_EQ(Windows(options, changes), windows);
  EXPECT_LT(windows, 24u * changes.size());
}

TEST_F(PlansChanges, WhereNoWindowHoldsTheChangeThereIsNoScore) {
  const VariantScoreOptions options{.sixmers = 9, .flank = 1};
  PllPlan plan(genome_, options);
  plan.Add(0, "chr", {150, 150 + 6 * 9 + 1, ""});  // a base more than a window has
  plan.Add(1, "chr", Snv(200));
  EXPECT_TRUE(std::isnan(plan.Score(0)));
  EXPECT_EQ(plan.Score(1), 0);  // nothing was used yet
  SixmerPlan sixmers(genome_, options);
  sixmers.Add(0, "chr", Snv(200));
  VariantScores scores;
  sixmers.Store(0, scores);
  EXPECT_TRUE(std::isnan(scores.llr));
}

}  // namespace
}  // namespace agront::inference
