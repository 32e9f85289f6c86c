// SPDX-License-Identifier: Apache-2.0
#include "data/labelled/split.h"

#include <algorithm>
#include <map>
#include <set>

#include "data/labelled/labelled_test_set.h"
#include "formats/testing/format_test_files.h"
#include "genome/nucleotide.h"

namespace agront::data {
namespace {

using formats::ExpectError;
using Indices = std::vector<int64_t>;

/// Different random sequences, in groups of these sizes ("" for an unnamed one).
std::vector<LabelledExample> Grouped(const std::vector<int>& sizes, bool named = true) {
  std::mt19937 random(1);  // NOLINT(bugprone-random-generator-seed): the same sequences in every run
  std::vector<LabelledExample> examples;
  for (size_t group = 0; group < sizes.size(); ++group)
    for (int i = 0; i < sizes[group]; ++i) {
      examples.push_back(Example(RandomBases(random, 30), static_cast<float>(i % 2)));
      if (named) examples.back().group = "g" + std::to_string(group);
    }
  return examples;
}

void ExpectPartition(const Split& split, int64_t size) {
  Indices all;
  for (const Indices* part : {&split.train, &split.valid, &split.test}) {
    EXPECT_TRUE(std::ranges::is_sorted(*part));
    all.insert(all.end(), part->begin(), part->end());
  }
  std::ranges::sort(all);
  ASSERT_EQ(static_cast<int64_t>(all.size()), size);
  for (int64_t i = 0; i < size; ++i) ASSERT_EQ(all[static_cast<size_t>(i)], i);
}

std::set<std::string> GroupsOf(const LabelledSet& set, const Indices& part) {
  std::set<std::string> groups;
  for (const int64_t i : part) groups.emplace(set.group(i));
  return groups;
}

void ExpectNoGroupTwice(const LabelledSet& set, const Split& split) {
  const auto train = GroupsOf(set, split.train);
  for (const Indices* part : {&split.valid, &split.test})
    for (const std::string& group : GroupsOf(set, *part)) EXPECT_FALSE(train.contains(group)) << group;
  for (const std::string& group : GroupsOf(set, split.valid))
    EXPECT_FALSE(GroupsOf(set, split.test).contains(group)) << group;
}

TEST(Split, FollowsTheInputsParts) {
  auto examples = Grouped({1, 1, 1, 1});
  examples[0].split = "test";
  examples[2].split = "valid";
  examples[3].split = "train";
  const LabelledSet set = SetOf(examples);
  const Split split = MakeSplit(set, {.test_share = 0.5, .seed = 3});
  EXPECT_EQ(split.test, Indices{0});
  EXPECT_EQ(split.valid, Indices{2});
  EXPECT_EQ(split.train, (Indices{1, 3}));
}

TEST(Split, FollowsNamedGroups) {
  const LabelledSet set = SetOf(Grouped({2, 3, 4}));
  const Split split = MakeSplit(set, {.test_groups = {"g1"}, .valid_groups = {"g0"}});
  EXPECT_EQ(split.test, (Indices{2, 3, 4}));
  EXPECT_EQ(split.valid, (Indices{0, 1}));
  EXPECT_EQ(split.train, (Indices{5, 6, 7, 8}));
  ExpectError([&] { MakeSplit(set, {.test_groups = {"chr9"}}); },
              "group \"chr9\": no example is of it; there are g0, g1, g2, ...");
  ExpectError([&] { MakeSplit(set, {.test_groups = {"g0", "g1", "g2"}}); }, "expected examples to train on, got none");
}

TEST(Split, DrawsSharesOfExamples) {
  const LabelledSet set = SetOf(Grouped(std::vector<int>(1, 1000), /*named=*/false));
  const Split split = MakeSplit(set, {.test_share = 0.2, .valid_share = 0.1, .seed = 1});
  ExpectPartition(split, 1000);
  EXPECT_EQ(split.test.size(), 200u);
  EXPECT_EQ(split.valid.size(), 80u);
  const Split again = MakeSplit(set, {.test_share = 0.2, .valid_share = 0.1, .seed = 1});
  EXPECT_EQ(again.valid, split.valid);
  const Split other = MakeSplit(set, {.test_share = 0.2, .valid_share = 0.1, .seed = 2});
  EXPECT_NE(other.valid, split.valid);
  EXPECT_NE(other.test, split.test);
}

TEST(Split, NeverDrawsValidationFromTheTest) {
  auto examples = Grouped(std::vector<int>(1, 100), /*named=*/false);
  for (size_t i = 0; i < 40; ++i) examples[i].split = i < 20 ? "test" : "train";
  const LabelledSet set = SetOf(examples);
  const Split split = MakeSplit(set, {});
  ExpectPartition(split, 100);
  EXPECT_EQ(split.test.size(), 20u);
  EXPECT_EQ(split.valid.size(), 4u);
  EXPECT_GE(split.valid.front(), 20);
  EXPECT_TRUE(MakeSplit(set, {.valid_share = 0}).valid.empty());
}

TEST(Split, DrawsTheTestFromWhatIsNotAssigned) {
  auto examples = Grouped(std::vector<int>(1, 100), /*named=*/false);
  for (size_t i = 0; i < 100; i += 2) examples[i].split = "train";
  const Split split = MakeSplit(SetOf(examples), {.test_share = 0.2});
  ExpectPartition(split, 100);
  EXPECT_EQ(split.test.size(), 10u);  // of the fifty that may be drawn
  for (const int64_t i : split.test) EXPECT_EQ(i % 2, 1);
}

TEST(Split, DoesNotDependOnTheOrder) {
  auto examples = Grouped({5, 9, 2, 30, 7, 7, 1, 12, 4, 4});
  const LabelledSet set = SetOf(examples);
  std::mt19937 random(2);  // NOLINT(bugprone-random-generator-seed): the same order in every run
  std::ranges::shuffle(examples, random);
  const LabelledSet shuffled = SetOf(examples);
  const SplitOptions options{.test_share = 0.3, .valid_share = 0.2, .seed = 5};
  const Split split = MakeSplit(set, options);
  const Split other = MakeSplit(shuffled, options);
  ExpectNoGroupTwice(set, split);
  EXPECT_EQ(GroupsOf(set, split.test), GroupsOf(shuffled, other.test));
  EXPECT_EQ(GroupsOf(set, split.valid), GroupsOf(shuffled, other.valid));
  EXPECT_NEAR(static_cast<double>(split.test.size()), 0.3 * 81, 5);
}

TEST(Split, KeepsEqualSequencesTogether) {
  std::vector<LabelledExample> examples;
  std::mt19937 random(3);  // NOLINT(bugprone-random-generator-seed): the same sequences in every run
  for (int i = 0; i < 100; ++i) {
    std::string bases = RandomBases(random, 25);
    examples.push_back(Example(bases));
    genome::ReverseComplement(bases);
    examples.push_back(Example(bases));
  }
  const LabelledSet set = SetOf(examples);
  const Split split = MakeSplit(set, {.test_share = 0.3});
  EXPECT_EQ(split.test.size(), 60u);
  for (size_t i = 0; i < split.test.size(); i += 2) {
    EXPECT_EQ(split.test[i] % 2, 0);
    EXPECT_EQ(split.test[i + 1], split.test[i] + 1);
  }
}

TEST(Split, RefusesADrawFromOneGroup) {
  ExpectError(
      [] { MakeSplit(SetOf(Grouped({50})), {}); },
      "examples for the validation are drawn by group or sequence, and all are of group \"g0\"; --valid-share 0 "
      "draws none");
  ExpectError(
      [] {
        MakeSplit(SetOf({Example("ACGT"), Example("ACGT")}), {.test_share = 0.5});
      },
      "examples for the test are drawn by group or sequence, and all have the same sequence; --test-share 0");
  EXPECT_THROW(MakeSplit(SetOf(Grouped({5, 5})), {.valid_share = 1}), UsageError);
  EXPECT_THROW(MakeSplit(SetOf(Grouped({5, 5})), {.test_share = -0.1}), UsageError);
}

TEST(Split, LeavesALargeGroupWhereSmallOnesFit) {
  std::vector<int> sizes(10, 1);
  sizes.push_back(1000);
  const LabelledSet set = SetOf(Grouped(sizes));
  for (uint64_t seed = 0; seed < 20; ++seed)
    EXPECT_EQ(MakeSplit(set, {.valid_share = 0.005, .seed = seed}).valid.size(), 5u) << seed;
  // Where every group is too large, the smallest is taken.
  const LabelledSet large = SetOf(Grouped({300, 200, 400}));
  EXPECT_EQ(MakeSplit(large, {}).valid.size(), 200u);
}

TEST(Folds, TestEveryExampleOnce) {
  const LabelledSet set = SetOf(Grouped({5, 9, 2, 30, 7, 7, 1, 12, 4, 4, 20, 3, 3}));
  const std::vector<Split> folds = MakeFolds(set, 4, {.valid_share = 0.1, .seed = 1});
  ASSERT_EQ(folds.size(), 4u);
  std::map<int64_t, int> tested;
  for (const Split& fold : folds) {
    ExpectPartition(fold, set.size());
    ExpectNoGroupTwice(set, fold);
    EXPECT_FALSE(fold.valid.empty());
    EXPECT_GT(fold.test.size(), 20u);  // of 107, the largest group has 30
    EXPECT_LT(fold.test.size(), 35u);
    for (const int64_t i : fold.test) ++tested[i];
  }
  EXPECT_EQ(static_cast<int64_t>(tested.size()), set.size());
  for (const auto& [example, times] : tested) EXPECT_EQ(times, 1) << example;
}

TEST(Folds, AreRefusedWhereTheyMakeNoSense) {
  EXPECT_THROW(MakeFolds(SetOf(Grouped({5, 5})), 3, {}), UsageError);
  EXPECT_THROW(MakeFolds(SetOf(Grouped({5, 5})), 1, {}), UsageError);
  auto examples = Grouped({5, 5});
  examples[3].split = "test";
  EXPECT_THROW(MakeFolds(SetOf(examples), 2, {}), UsageError);
}

TEST(CheckClasses, NamesTheClassWithoutExamples) {
  const LabelledSet binary = SetOf({Example("A", 0), Example("C", 1), Example("G", 1)});
  CheckClasses(binary, {.train = {0, 1}, .valid = {}, .test = {2}});
  ExpectError(
      [&] {
        CheckClasses(binary, {.train = {1, 2}, .valid = {}, .test = {0}});
      },
      "label \"label\": expected training examples of 0 and of 1, got none of 0");
  const LabelledSet classes =
      SetOf({Example("A", 0), Example("C", 1), Example("G", 2)}, {TaskKind::kMulticlass, {"x", "y", "z"}, {}});
  ExpectError(
      [&] {
        CheckClasses(classes, {.train = {0, 2}, .valid = {}, .test = {1}});
      },
      "class \"y\": expected examples to train on, got none");
}

}  // namespace
}  // namespace agront::data
