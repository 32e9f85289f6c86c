// SPDX-License-Identifier: Apache-2.0
#include "tasks/info/agreement.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "base/error.h"

namespace agront::tasks {
namespace {

TEST(Ranks, ShareTheMeanWhereValuesAreEqual) {
  EXPECT_EQ(Ranks(std::vector<double>{30, 10, 20}), (std::vector<double>{3, 1, 2}));
  EXPECT_EQ(Ranks(std::vector<double>{2, 1, 2, 5, 2}), (std::vector<double>{3, 1, 3, 5, 3}));
  EXPECT_EQ(Ranks(std::vector<double>{7, 7}), (std::vector<double>{1.5, 1.5}));
  EXPECT_TRUE(Ranks({}).empty());
}

/// A rank is one more than the number of smaller values, plus half the number of other equal ones.
TEST(Ranks, EqualTheDefinition) {
  std::mt19937 generator(1);
  std::uniform_int_distribution<int> value(0, 40);
  for (const size_t count : {1, 2, 3, 100, 333}) {
    std::vector<double> values(count);
    for (double& v : values) v = value(generator);
    const auto ranks = Ranks(values);
    for (size_t i = 0; i < count; ++i) {
      double smaller = 0, equal = 0;
      for (const double other : values) {
        smaller += other < values[i] ? 1 : 0;
        equal += other == values[i] ? 1 : 0;
      }
      EXPECT_EQ(ranks[i], smaller + (equal + 1) / 2);
    }
  }
}

/// Without ties: 1 - 6 sum d^2 / (n (n^2 - 1)).
TEST(Spearman, EqualsTheFormulaOfDifferences) {
  std::mt19937 generator(2);
  std::normal_distribution<double> value;
  for (const size_t count : {2, 3, 50, 501}) {
    std::vector<double> x(count), y(count);
    for (size_t i = 0; i < count; ++i) {
      x[i] = value(generator);
      y[i] = x[i] + 0.3 * value(generator);
    }
    const auto x_ranks = Ranks(x), y_ranks = Ranks(y);
    double squares = 0;
    for (size_t i = 0; i < count; ++i) squares += std::pow(x_ranks[i] - y_ranks[i], 2);
    const auto n = static_cast<double>(count);
    EXPECT_NEAR(Spearman(x, y), 1 - 6 * squares / (n * (n * n - 1)), 1e-12);
  }
}

TEST(Spearman, KnownCases) {
  EXPECT_NEAR(Spearman(std::vector<double>{1, 2, 3, 4}, std::vector<double>{1, 8, 27, 64}), 1, 1e-15);
  EXPECT_NEAR(Spearman(std::vector<double>{1, 2, 3, 4}, std::vector<double>{4, 3, 2, 1}), -1, 1e-15);
  // Ranks 1, 2.5, 2.5, 4 against 1, 2, 3, 4: 4.5 / sqrt(4.5 * 5).
  EXPECT_NEAR(Spearman(std::vector<double>{1, 2, 2, 3}, std::vector<double>{1, 2, 3, 4}), 4.5 / std::sqrt(22.5), 1e-15);
  EXPECT_TRUE(std::isnan(Spearman(std::vector<double>{1, 1}, std::vector<double>{1, 2})));
}

TEST(Compare, KnownCase) {
  const Predictions exact{{{1, 0}, {3, 4}}, {-1, -2, -3, -2}, {10, 20, 30, 40}};
  const Predictions other{{{0, 2}, {6, 8}}, {-1, -2, -3, -2.4}, {10, 21, 30, 40}};
  const Agreement agreement = Compare(exact, other);
  EXPECT_NEAR(agreement.least_cosine, 0, 1e-15);
  EXPECT_NEAR(agreement.mean_cosine, 0.5, 1e-15);
  EXPECT_NEAR(agreement.same_choice, 0.75, 1e-15);
  EXPECT_NEAR(agreement.log_likelihood, -2, 1e-15);
  EXPECT_NEAR(agreement.likelihood_change, -5, 1e-12);
  EXPECT_NEAR(agreement.spearman, 4.5 / std::sqrt(22.5), 1e-15);
  EXPECT_FALSE(IsWithinLimits(agreement));
}

TEST(Compare, ARunAgreesWithItself) {
  const Predictions exact{{{1, -2}}, {-1, -2}, {10, 20}};
  const Agreement agreement = Compare(exact, exact);
  EXPECT_NEAR(agreement.least_cosine, 1, 1e-15);
  EXPECT_EQ(agreement.same_choice, 1);
  EXPECT_EQ(agreement.likelihood_change, 0);
  EXPECT_TRUE(IsWithinLimits(agreement));
}

TEST(Compare, EachLimitCounts) {
  EXPECT_TRUE(IsWithinLimits({.spearman = 0.9991, .likelihood_change = -0.49}));
  EXPECT_FALSE(IsWithinLimits({.spearman = 0.9989}));
  EXPECT_FALSE(IsWithinLimits({.spearman = 1, .likelihood_change = 0.51}));
  EXPECT_FALSE(IsWithinLimits({.spearman = 1, .likelihood_change = -0.51}));
  EXPECT_FALSE(IsWithinLimits({.spearman = std::nan("")}));
}

TEST(Compare, RefusesRunsOfOtherSequences) {
  EXPECT_THROW(Compare({}, {}), Error);
  EXPECT_THROW(Compare({{{1}}, {-1}, {1}}, {{{1}}, {-1, -1}, {1, 1}}), Error);
}

}  // namespace
}  // namespace agront::tasks
