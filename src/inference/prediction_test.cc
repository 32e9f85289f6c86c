// SPDX-License-Identifier: Apache-2.0
#include "inference/prediction.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace agront::inference {
namespace {

TEST(Predictions, AreProbabilitiesOrNumbers) {
  const auto of = [](TaskKind kind, const std::vector<float>& outputs) {
    return PredictionOf({.kind = kind, .outputs = {}, .binary_words = {}}, outputs, {});
  };
  EXPECT_EQ(of(TaskKind::kRegression, {3, -2}), (std::vector<double>{3, -2}));
  EXPECT_EQ(of(TaskKind::kBinary, {0}), std::vector<double>{0.5});
  EXPECT_DOUBLE_EQ(of(TaskKind::kMultilabel, {-100, 1})[1], 1 / (1 + std::exp(-1.0)));
  EXPECT_EQ(of(TaskKind::kMultilabel, {-800, 800}), (std::vector<double>{0, 1}));
  const std::vector<double> classes = of(TaskKind::kMulticlass, {1000, 1001, 900});
  EXPECT_DOUBLE_EQ(classes[1], 1 / (1 + std::exp(-1.0)));
  EXPECT_DOUBLE_EQ(classes[0] + classes[1] + classes[2], 1);
  EXPECT_EQ(of(TaskKind::kToken, {5, 5}), (std::vector<double>{0.5, 0.5}));
}

}  // namespace
}  // namespace agront::inference
