// SPDX-License-Identifier: Apache-2.0
#include "data/labelled/target_transform.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "data/labelled/labelled_test_set.h"
#include "formats/testing/format_test_files.h"

namespace agront::data {
namespace {

using formats::ExpectError;

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();

LabelledSet Numbers(const std::vector<std::vector<float>>& rows) {
  PredictionTask task{TaskKind::kRegression, {}, {}};
  for (size_t i = 0; i < rows[0].size(); ++i) task.outputs.push_back("y" + std::to_string(i));
  LabelledSet set(task);
  for (const auto& row : rows) {
    LabelledExample example = Example("A");
    example.labels = row;
    set.Add(example);
  }
  return set;
}

std::vector<int64_t> All(const LabelledSet& set) {
  std::vector<int64_t> all(static_cast<size_t>(set.size()));
  std::iota(all.begin(), all.end(), 0);
  return all;
}

double Applied(const TargetTransform& transform, float value) {
  std::vector<float> labels = {value};
  transform.Apply(labels);
  return labels[0];
}

using enum TransformStep;
using Steps = std::vector<TransformStep>;

TEST(TargetTransform, StandardizesOnTheTrainingExamples) {
  const LabelledSet set = Numbers({{1, 5}, {3, kMissing}, {100, 5}});
  const std::vector<int64_t> train = {0, 1};
  const TargetTransform transform = TargetTransform::Fit({kStandardize}, set, train);
  std::vector<float> labels = {3, 6};
  transform.Apply(labels);
  EXPECT_EQ(labels[0], 1.0f);  // mean 2, deviation 1
  EXPECT_EQ(labels[1], 1.0f);  // a constant is only moved
  std::vector<double> predictions = {-2, 0.5};
  transform.Invert(predictions);
  EXPECT_EQ(predictions, (std::vector<double>{0, 5.5}));
  labels = {kMissing, kMissing};
  transform.Apply(labels);
  EXPECT_TRUE(std::isnan(labels[0]) && std::isnan(labels[1]));
}

TEST(TargetTransform, TakesLogarithmsAndThenStandardizes) {
  const LabelledSet set = Numbers({{0}, {9}, {99}, {3}});
  const TargetTransform transform = TargetTransform::Fit({kLog1p, kStandardize}, set, All(set));
  std::vector<double> logarithms;
  for (const double y : {0, 9, 99, 3}) logarithms.push_back(std::log(1 + y));
  const double mean = std::accumulate(logarithms.begin(), logarithms.end(), 0.0) / 4;
  double variance = 0;
  for (const double y : logarithms) variance += (y - mean) * (y - mean) / 4;
  EXPECT_NEAR(Applied(transform, 9), (std::log(10) - mean) / std::sqrt(variance), 1e-6);
  std::vector<double> prediction = {Applied(transform, 42)};
  transform.Invert(prediction);
  EXPECT_NEAR(prediction[0], 42, 42 * 1e-6);
  ExpectError(
      [&] {
        TargetTransform::Fit({kLog1p}, Numbers({{0}, {-1}}), std::vector<int64_t>{0});
      },
      "log1p of output \"y0\": expected numbers above -1, got -1");
}

TEST(TargetTransform, OnlyMovesAConstant) {
  const LabelledSet set = Numbers(std::vector<std::vector<float>>(1000, {0.7F}));
  for (const Steps& steps : {Steps{kStandardize}, Steps{kLog1p, kStandardize}}) {
    const TargetTransform transform = TargetTransform::Fit(steps, set, All(set));
    EXPECT_EQ(Applied(transform, 0.7F), 0) << TextOf(steps);
    std::vector<double> values = {0.8F};
    transform.ApplyAnywhere(values);
    EXPECT_LT(values[0], 0.2) << TextOf(steps);
  }
}

TEST(TargetTransform, TakesPredictionsThatAreFarOff) {
  const LabelledSet set = Numbers({{0, 1}, {9, 1}, {99, 1}, {3, 2}});
  const TargetTransform transform = TargetTransform::Fit({kLog1p}, set, All(set));
  std::vector<double> values = {-1, 8};
  transform.ApplyAnywhere(values);
  EXPECT_TRUE(std::isfinite(values[0]) && values[0] < -30) << values[0];
  EXPECT_DOUBLE_EQ(values[1], std::log(9));
  transform.Invert(values);
  EXPECT_DOUBLE_EQ(values[1], 8);
  for (const Steps& steps : {Steps{kRank}, Steps{kLog1p, kStandardize}}) {
    std::vector<double> missing = {kMissing, 1};
    TargetTransform::Fit(steps, set, All(set)).ApplyAnywhere(missing);
    EXPECT_TRUE(std::isnan(missing[0]) && !std::isnan(missing[1])) << TextOf(steps);
  }
}

TEST(TargetTransform, TakesNoOtherLabelsLaterOn) {
  const LabelledSet set = Numbers({{0, 1}, {9, 1}, {99, 1}, {3, 2}});
  const LabelledSet bad = Numbers({{-0.5, 0}, {kMissing, -9}});
  ExpectError([&] { TargetTransform::Fit({kLog1p}, set, All(set)).CheckLabels(bad); },
              "log1p of output \"y1\": expected numbers above -1, got -9");
  EXPECT_NO_THROW(TargetTransform::Fit({kLog1p}, set, All(set)).CheckLabels(Numbers({{-0.5, 0}})));
  EXPECT_NO_THROW(TargetTransform::Fit({kStandardize}, set, All(set)).CheckLabels(bad));
  EXPECT_NO_THROW(TargetTransform::Fit({kRank}, set, All(set)).CheckLabels(bad));
}

TEST(TargetTransform, TellsWhetherItBends) {
  const LabelledSet set = Numbers({{0}, {9}});
  EXPECT_TRUE(TargetTransform().is_linear());
  EXPECT_FALSE(TargetTransform().is_log1p());
  EXPECT_FALSE(TargetTransform::Fit({kStandardize}, set, All(set)).is_log1p());
  EXPECT_TRUE(TargetTransform::Fit({kLog1p}, set, All(set)).is_log1p());
  EXPECT_TRUE(TargetTransform::Fit({kLog1p, kStandardize}, set, All(set)).is_log1p());
  EXPECT_FALSE(TargetTransform::Fit({kLog1p, kRank}, set, All(set)).is_log1p());
  EXPECT_TRUE(TargetTransform::Fit({kStandardize}, set, All(set)).is_linear());
  EXPECT_FALSE(TargetTransform::Fit({kLog1p, kStandardize}, set, All(set)).is_linear());
}

TEST(TargetTransform, RanksToNormalScores) {
  const LabelledSet set = Numbers({{10}, {1}, {1}, {5}, {7}});
  const TargetTransform transform = TargetTransform::Fit({kRank}, set, All(set));
  // Middle ranks over 5: 1 -> 1/5, 5 -> 2.5/5, 7 -> 3.5/5, 10 -> 4.5/5; the scores are scipy.stats.norm.ppf of these.
  EXPECT_NEAR(Applied(transform, 1), -0.8416212335729142, 1e-6);
  EXPECT_NEAR(Applied(transform, 5), 0, 1e-6);
  EXPECT_NEAR(Applied(transform, 7), 0.5244005127080407, 1e-6);
  EXPECT_NEAR(Applied(transform, 10), 1.2815515655446004, 1e-6);
  EXPECT_NEAR(Applied(transform, 6), 0.5 * 0.5244005127080407, 1e-6);
  EXPECT_EQ(Applied(transform, 1000), Applied(transform, 10));
  std::vector<double> prediction = {0.25 * 0.5244005127080407};
  transform.Invert(prediction);
  EXPECT_NEAR(prediction[0], 5.5, 1e-9);
  prediction = {-7};
  transform.Invert(prediction);
  EXPECT_EQ(prediction[0], 1);
}

TEST(TargetTransform, RanksManyValuesOnFewKnots) {
  std::mt19937 random(4);  // NOLINT(bugprone-random-generator-seed): the same numbers in every run
  std::vector<std::vector<float>> rows;
  for (int i = 0; i < 20'000; ++i) rows.push_back({static_cast<float>(std::exp(8.0 * random() / 0x1p32))});
  const LabelledSet set = Numbers(rows);
  const TargetTransform transform = TargetTransform::Fit({kRank}, set, All(set));
  EXPECT_LT(transform.ToJson().size(), 60'000u);
  std::ranges::sort(rows);
  for (size_t i = 100; i < rows.size() - 100; i += 333) {
    const double share = 0.5 * std::erfc(-Applied(transform, rows[i][0]) / std::sqrt(2.0));
    EXPECT_NEAR(share, (static_cast<double>(i) + 0.5) / 20'000, 1e-3);  // between two of 1,001 knots
    std::vector<double> back = {Applied(transform, rows[i][0])};
    transform.Invert(back);
    EXPECT_NEAR(back[0], rows[i][0], 1e-4 * rows[i][0]);
  }
}

TEST(TargetTransform, IsReadBackAsItWas) {
  const LabelledSet set = Numbers({{0, 3}, {9, 4}, {99, 8}, {3, 1}});
  for (const Steps& steps : {Steps{}, Steps{kLog1p}, Steps{kStandardize}, Steps{kRank}, Steps{kLog1p, kStandardize},
                             Steps{kRank, kStandardize}}) {
    const TargetTransform transform = TargetTransform::Fit(steps, set, All(set));
    EXPECT_EQ(transform.is_none(), steps.empty());
    const TargetTransform read = TargetTransform::FromJson(transform.ToJson(), "head.json", 2);
    EXPECT_EQ(read.ToJson(), transform.ToJson());
    std::vector<double> a = {0.3, -0.4};
    std::vector<double> b = a;
    transform.Invert(a);
    read.Invert(b);
    EXPECT_EQ(a, b) << TextOf(steps);
  }
}

TEST(TargetTransform, RefusesWhatItDidNotWrite) {
  for (const char* text :
       {"{}", "[1]", "[{}]", R"([{"step":"square"}])", R"([{"step":1}])", R"([{"step":"standardize"}])",
        R"([{"step":"standardize","mean":[1],"deviation":[0]}])",
        R"([{"step":"standardize","mean":[1,2],"deviation":[1]}])",
        R"([{"step":"standardize","mean":["x"],"deviation":[1]}])", R"([{"step":"rank","values":[[]],"scores":[[]]}])",
        R"([{"step":"rank","values":[[1,1]],"scores":[[0,1]]}])",
        R"([{"step":"rank","values":[[1,2]],"scores":[[0]]}])", R"([{"step":"rank","values":[1],"scores":[1]}])"})
    ExpectError([&] { TargetTransform::FromJson(text, "head.json", 1); }, "head.json: ");
  const LabelledSet binary = SetOf({Example("A", 1)});
  EXPECT_THROW(TargetTransform::Fit({kLog1p}, binary, All(binary)), UsageError);
}

}  // namespace
}  // namespace agront::data
