// SPDX-License-Identifier: Apache-2.0
#include "data/labelled/leakage.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "data/labelled/labelled_test_set.h"
#include "genome/nucleotide.h"

namespace agront::data {
namespace {

/// Twenty training examples, five for validation, ten for the test, of which some are planted.
class LeakageTest : public testing::Test {
 protected:
  LeakageTest() {
    for (int i = 0; i < 35; ++i) {
      examples_.push_back(Example(RandomBases(random_, 300)));
      examples_.back().group = "g" + std::to_string(i);
      (i < 20 ? split_.train : i < 25 ? split_.valid : split_.test).push_back(i);
    }
  }

  LeakageReport Find(const LeakageOptions& options = {}) {
    set_ = SetOf(examples_);
    return FindLeaks(set_, split_, options);
  }

  std::string Complement(size_t example) const {
    std::string bases = examples_[example].bases;
    genome::ReverseComplement(bases);
    return bases;
  }

  std::mt19937 random_{6};
  std::vector<LabelledExample> examples_;
  Split split_;
  LabelledSet set_{PredictionTask{}};
};

TEST_F(LeakageTest, FindsNothingAmongRandomSequences) {
  const LeakageReport report = Find();
  ASSERT_EQ(report.leaks.size(), 3u);
  for (const PartLeak& leak : report.leaks) {
    EXPECT_EQ(leak.equal + leak.near + leak.same_id + leak.same_group, 0) << leak.part;
    EXPECT_TRUE(leak.shown.empty());
  }
  EXPECT_EQ(report.repeated_in_train + report.contradicting, 0);
  EXPECT_TRUE(report.leaked_test.empty());
  EXPECT_TRUE(Describe(report, set_).empty());
}

TEST_F(LeakageTest, FindsEqualAndNearOnesOnEitherStrand) {
  examples_[26].bases = examples_[3].bases;
  examples_[28].bases = Complement(4);
  examples_[30].bases = Mutated(Complement(5), 0.03, random_);
  examples_[31].bases = Mutated(examples_[22].bases, 0.03, random_);
  examples_[24].bases = examples_[3].bases;
  examples_[33].group = "g7";
  examples_[34].id = examples_[8].id;
  const LeakageReport report = Find();
  ASSERT_EQ(report.leaks.size(), 3u);
  const PartLeak& test_train = report.leaks[0];
  EXPECT_EQ(test_train.part + test_train.other_part, "testtrain");
  EXPECT_EQ(test_train.examples, 10);
  EXPECT_EQ(test_train.equal, 2);
  EXPECT_EQ(test_train.near, 1);
  EXPECT_EQ(test_train.same_group, 1);
  EXPECT_EQ(test_train.same_id, 1);
  ASSERT_EQ(test_train.shown.size(), 3u);
  EXPECT_EQ(test_train.shown[0].example, 26);
  EXPECT_EQ(test_train.shown[0].other, 3);
  EXPECT_EQ(test_train.shown[1].other, 4);
  EXPECT_EQ(test_train.shown[2].other, 5);
  EXPECT_LT(test_train.shown[2].shared, 1);
  const PartLeak& test_valid = report.leaks[1];
  EXPECT_EQ(test_valid.other_part, "valid");
  EXPECT_EQ(test_valid.equal, 1);
  EXPECT_EQ(test_valid.near, 1);
  EXPECT_EQ(report.leaks[2].equal, 1);
  EXPECT_EQ(report.leaked_test, (std::vector<int64_t>{26, 28, 30}));
  EXPECT_EQ(Describe(report, set_)[0],
            "2 of 10 test sequences also occur in train (on either strand), and 1 are near-duplicates, "
            "such as " +
                examples_[26].id + " and " + examples_[3].id);
}

TEST_F(LeakageTest, ShowsNoMoreThanAsked) {
  for (size_t i = 25; i < 35; ++i) examples_[i].bases = examples_[i - 25].bases;
  const LeakageReport report = Find({.shown = 4});
  EXPECT_EQ(report.leaks[0].equal, 10);
  EXPECT_EQ(report.leaks[0].shown.size(), 4u);
}

TEST_F(LeakageTest, TakesTheShareThatIsNear) {
  examples_[30].bases = examples_[5].bases.substr(0, 150) + RandomBases(random_, 150);
  EXPECT_EQ(Find({.near_share = 0.4}).leaks[0].near, 1);
  EXPECT_EQ(Find({.near_share = 0.6}).leaks[0].near, 0);
}

TEST_F(LeakageTest, CountsRepeatsAndContradictions) {
  examples_[1].bases = examples_[0].bases;
  examples_[2].bases = Complement(0);
  examples_[2].labels = {1};
  examples_[27].bases = examples_[10].bases;
  examples_[27].labels = {1};
  const LeakageReport report = Find();
  EXPECT_EQ(report.repeated_in_train, 2);
  EXPECT_EQ(report.contradicting, 2);
}

TEST_F(LeakageTest, LeavesOutPartsWithoutExamples) {
  split_.valid.clear();
  EXPECT_EQ(Find().leaks.size(), 1u);
  split_.test.clear();
  EXPECT_TRUE(Find().leaks.empty());
}

}  // namespace
}  // namespace agront::data
