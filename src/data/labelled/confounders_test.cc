// SPDX-License-Identifier: Apache-2.0
#include "data/labelled/confounders.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>

#include "data/labelled/labelled_test_set.h"

namespace agront::data {
namespace {

std::vector<Confounder> FindAll(const LabelledSet& set) {
  std::vector<int64_t> all(static_cast<size_t>(set.size()));
  std::iota(all.begin(), all.end(), 0);
  return FindConfounders(set, all);
}

LabelledExample Labelled(const std::string& bases, std::vector<float> labels) {
  LabelledExample example = Example(bases);
  example.labels = std::move(labels);
  return example;
}

TEST(Confounders, AreExactOnSmallSets) {
  // Lengths 2 3 3 | 3 5: of six pairs the longer is the positive one in 4, in 2 they are equal.
  const auto found = FindAll(SetOf(
      {Labelled("GC", {0}), Labelled("AAA", {0}), Labelled("NGN", {0}), Labelled("AAG", {1}), Labelled("NNNNN", {1})}));
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].property, "length");
  EXPECT_EQ(found[0].output, "label");
  EXPECT_EQ(found[0].statistic, "AUROC");
  EXPECT_DOUBLE_EQ(found[0].value, 5.0 / 6);
  EXPECT_FALSE(found[0].separates);           // five examples say nothing
  EXPECT_DOUBLE_EQ(found[1].value, 1.0 / 3);  // GC 1, 0, 1 | 1/3, and one without
}

TEST(Confounders, FindLengthThatSeparates) {
  std::mt19937 random(8);  // NOLINT(bugprone-random-generator-seed): the same sequences in every run
  std::vector<LabelledExample> examples;
  for (int i = 0; i < 400; ++i) {
    const auto label = static_cast<float>(i % 2);
    examples.push_back(Labelled(RandomBases(random, 100 + random() % 100 + (i % 2 == 0 ? 0 : 40)), {label}));
  }
  const auto found = FindAll(SetOf(examples));
  EXPECT_TRUE(found[0].separates);
  EXPECT_NEAR(found[0].value, 0.82, 0.05);  // 1 - 0.6^2 / 2
  EXPECT_FALSE(found[1].separates);
  ASSERT_EQ(Describe(found).size(), 1u);
  EXPECT_EQ(Describe(found)[0].substr(0, 37), "length alone predicts the label: AURO");
}

TEST(Confounders, AreDescribedAsASimpleModelWouldUseThem) {
  const auto described = [](const std::string& property, const std::string& statistic, double value,
                            const std::string& output = "site") {
    return Describe({{property, output, statistic, value, true}}).at(0);
  };
  EXPECT_EQ(described("GC", "AUROC", 0.35, "label"), "GC alone predicts the label: AUROC 0.650 (low GC speaks for 1)");
  EXPECT_EQ(described("GC", "AUROC", 0.35), "GC alone predicts site: AUROC 0.650 (low GC speaks for it)");
  EXPECT_EQ(described("length", "AUROC", 0.25),
            "length alone predicts site: AUROC 0.750 (a short sequence speaks for it)");
  EXPECT_EQ(described("GC", "AUROC", 0.65), "GC alone predicts site: AUROC 0.650");
  EXPECT_EQ(described("GC", "Spearman", -0.4), "GC alone predicts site: Spearman -0.400");
}

TEST(Confounders, AreTakenByClassAndForNumbers) {
  const auto classes = FindAll(SetOf({Labelled("A", {0}), Labelled("AA", {1}), Labelled("AAA", {2})},
                                     {TaskKind::kMulticlass, {"x", "y", "z"}, {}}));
  ASSERT_EQ(classes.size(), 6u);
  EXPECT_DOUBLE_EQ(classes[0].value, 0);
  EXPECT_DOUBLE_EQ(classes[2].value, 0.5);
  EXPECT_DOUBLE_EQ(classes[4].value, 1);
  EXPECT_DOUBLE_EQ(classes[5].value, 0.5);  // GC is constant: nothing but ties

  constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();
  const auto numbers = FindAll(
      SetOf({Labelled("A", {1, 3}), Labelled("AC", {2, kMissing}), Labelled("ACC", {9, 2}), Labelled("ACCC", {7, 1})},
            {TaskKind::kRegression, {"u", "v"}, {}}));
  ASSERT_EQ(numbers.size(), 4u);
  EXPECT_EQ(numbers[0].statistic, "Spearman");
  EXPECT_DOUBLE_EQ(numbers[0].value, 0.8);
  EXPECT_DOUBLE_EQ(numbers[2].value, -1);
}

TEST(Confounders, AreUnknownWhereThereIsOneValue) {
  const auto found = FindAll(SetOf({Labelled("A", {1}), Labelled("AC", {1})}));
  EXPECT_TRUE(std::isnan(found[0].value));
  EXPECT_FALSE(found[0].separates);
}

}  // namespace
}  // namespace agront::data
