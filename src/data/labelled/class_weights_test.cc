// SPDX-License-Identifier: Apache-2.0
#include "data/labelled/class_weights.h"

#include <gtest/gtest.h>

#include <limits>

#include "agront/error.h"
#include "data/labelled/labelled_test_set.h"

namespace agront::data {
namespace {

using Counts = std::vector<std::vector<int64_t>>;
using Weights = std::vector<std::vector<float>>;

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();

TEST(ClassWeights, BalanceBothValuesOfALabel) {
  const LabelledSet set = SetOf({Example("A", 0), Example("A", 0), Example("A", 0), Example("A", 1), Example("A", 1)});
  const std::vector<int64_t> train = {0, 1, 2, 3};
  EXPECT_EQ(CountClasses(set, train), (Counts{{3, 1}}));
  EXPECT_EQ(BalancedClassWeights(set, train), (Weights{{4.0f / 6, 4.0f / 2}}));
}

TEST(ClassWeights, LeaveOutMissingLabels) {
  LabelledSet set({TaskKind::kMultilabel, {"a", "b"}, {}});
  LabelledExample example = Example("A");
  for (const auto& labels : std::vector<std::vector<float>>{{0, kMissing}, {1, 1}, {1, 1}}) {
    example.labels = labels;
    set.Add(example);
  }
  const std::vector<int64_t> all = {0, 1, 2};
  EXPECT_EQ(CountClasses(set, all), (Counts{{1, 2}, {0, 2}}));
  EXPECT_EQ(BalancedClassWeights(set, all), (Weights{{1.5f, 0.75f}, {1, 0.5f}}));
}

TEST(ClassWeights, CountClassesAndBases) {
  const LabelledSet classes =
      SetOf({Example("A", 2), Example("A", 0), Example("A", 2)}, {TaskKind::kMulticlass, {"x", "y", "z"}, {}});
  const std::vector<int64_t> three = {0, 1, 2};
  EXPECT_EQ(CountClasses(classes, three), (Counts{{1, 0, 2}}));
  LabelledSet tokens({TaskKind::kToken, {"x", "y"}, {}});
  LabelledExample example = Example("ACGTA");
  example.labels.clear();
  example.base_classes = std::string("\x01\x01\xff\x00\x01", 5);
  tokens.Add(example);
  const std::vector<int64_t> one = {0};
  EXPECT_EQ(CountClasses(tokens, one), (Counts{{1, 3}}));
}

TEST(ClassWeights, AreNotForNumbers) {
  const LabelledSet set = SetOf({Example("A", 0)}, {TaskKind::kRegression, {"x"}, {}});
  const std::vector<int64_t> train = {0};
  EXPECT_THROW(BalancedClassWeights(set, train), UsageError);
}

}  // namespace
}  // namespace agront::data
