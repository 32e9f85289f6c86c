// SPDX-License-Identifier: Apache-2.0
// Scores against scikit-learn's and SciPy's, from the file that tools/make_golden_scores.py wrote.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "scores/calibration.h"
#include "scores/evaluation.h"
#include "scores/json_case.h"
#include "scores/ranking.h"

namespace agront::scores {
namespace {

constexpr double kBound = 1e-9;

nlohmann::json Cases() {
  std::ifstream stream(AGRONT_SOURCE_DIR "/tests/golden/scores.json");
  return nlohmann::json::parse(stream);
}

void ExpectNear(const nlohmann::json& got, const nlohmann::json& expected, const std::string& place) {
  if (expected.is_null() || got.is_null()) {
    EXPECT_EQ(got, expected) << place;
  } else if (expected.is_number()) {
    const double bound = kBound * std::max(1.0, std::abs(expected.get<double>()));
    EXPECT_NEAR(got.get<double>(), expected.get<double>(), bound) << place;
  } else {
    ASSERT_EQ(got.size(), expected.size()) << place;
    for (const auto& [key, value] : expected.items())
      ExpectNear(got.is_object() ? got.at(key) : got.at(std::stoul(key)), value, place + ", " + key);
  }
}

TEST(Scores, AreThoseOfTheReferences) {
  size_t count = 0;
  for (const auto& json : Cases()) {
    const Evaluation evaluation = Evaluate({PredictionsOfCase(json)}, {.resamples = 0});
    ExpectNear(ToJson(evaluation.tables[0]), json.at("expected"), json.at("name"));
    ++count;
  }
  EXPECT_GT(count, 40U);
}

TEST(Curves, AreThoseOfTheReferences) {
  size_t count = 0;
  for (const auto& json : Cases()) {
    if (!json.contains("curves") || json["curves"].empty()) continue;
    const LabelledPredictions predictions = PredictionsOfCase(json);
    const Ranking ranking(predictions.labels, predictions.predictions);
    const ThresholdCurve roc = ranking.Roc();
    const ThresholdCurve precision_recall = ranking.PrecisionRecall();
    Calibration calibration;
    for (int64_t i = 0; i < predictions.size; ++i)
      if (const double p = predictions.predictions[i]; !std::isnan(predictions.labels[i]))
        calibration.Add(Calibration::BinOf(p), p, predictions.labels[i] == 1, 1);
    std::vector<double> probabilities, shares;
    for (const CalibrationBin& bin : calibration.Bins()) {
      probabilities.push_back(bin.mean_probability());
      shares.push_back(bin.share());
    }
    // Without the first threshold, infinity, which JSON cannot hold.
    const nlohmann::json got = {{"roc", {roc.x, roc.y}},
                                {"roc_thresholds", std::vector(roc.thresholds.begin() + 1, roc.thresholds.end())},
                                {"precision_recall", {precision_recall.x, precision_recall.y}},
                                {"calibration", {probabilities, shares}}};
    ExpectNear(got, json["curves"], json.at("name"));
    ++count;
  }
  EXPECT_GT(count, 5U);
}

}  // namespace
}  // namespace agront::scores
