// SPDX-License-Identifier: Apache-2.0
#include "tasks/finetune/run/labelled_outputs.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace agront::tasks {
namespace {

TEST(Predictions, OfTokensAreThoseThatHaveAClass) {
  data::LabelledSet set({.kind = TaskKind::kToken, .outputs = {"none", "exon"}, .binary_words = {}});
  data::LabelledExample example;
  example.id = "a";
  example.bases = "ACGTACACGTAC";
  example.base_classes = std::string(6, '\0') + std::string(6, '\1');
  example.place = "a.csv:2";
  set.Add(example);
  const training::Outputs outputs{.values = {9, 9, 0, 0, 0, 800}, .rows = {3}, .row_classes = {-1, 0, 1}};
  const data::TargetTransform none;
  const scores::LabelledPredictions labelled = LabelOutputs({set, none, {}}, {0}, outputs, none);
  EXPECT_EQ(labelled.size, 2);
  EXPECT_EQ(labelled.labels, (std::vector<double>{0, 1}));
  EXPECT_EQ(labelled.predictions, (std::vector<double>{0.5, 0.5, 0, 1}));
  EXPECT_EQ(labelled.clusters, (std::vector<int64_t>{0, 0}));
  EXPECT_EQ(labelled.tokens, (std::vector<scores::TokenBases>{{0, 6}, {6, 12}}));
  EXPECT_EQ(labelled.examples, (std::vector<int64_t>{0, 0}));
}

TEST(Predictions, OfAFamilyAreOneCluster) {
  constexpr int64_t kExamples = 60, kFamilies = 25;
  data::LabelledSet set({.kind = TaskKind::kBinary, .outputs = {"label"}, .binary_words = {}});
  training::Outputs outputs;
  std::vector<int64_t> examples;
  for (int64_t i = 0; i < kExamples; ++i) {
    set.Add({.id = std::to_string(i),
             .bases = "ACGT",
             .labels = {static_cast<float>(i % 2)},
             .base_classes = "",
             .group = std::to_string(i % kFamilies),
             .split = "",
             .place = "a.csv:2",
             .placement = {}});
    outputs.values.push_back(0);
    outputs.rows.push_back(1);
    examples.push_back(kExamples - 1 - i);
  }
  const data::TargetTransform none;
  const scores::LabelledPredictions labelled = LabelOutputs({set, none, {}}, examples, outputs, none);
  ASSERT_EQ(labelled.clusters.size(), static_cast<size_t>(kExamples));
  for (size_t i = 0; i + kFamilies < kExamples; ++i) EXPECT_EQ(labelled.clusters[i], labelled.clusters[i + kFamilies]);
  EXPECT_NE(labelled.clusters[0], labelled.clusters[1]);
}

}  // namespace
}  // namespace agront::tasks
