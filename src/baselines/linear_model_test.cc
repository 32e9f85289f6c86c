// SPDX-License-Identifier: Apache-2.0
#include "baselines/linear_model.h"

#include <gtest/gtest.h>

#include <Eigen/LU>
#include <cmath>
#include <limits>
#include <random>

namespace agront::baselines {
namespace {

struct Data {
  PredictionTask task;
  FeatureTable features{0};
  std::vector<double> labels;
};

Data RandomData(TaskKind kind, int outputs, int rows, int columns, uint32_t seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  Data data;
  data.task.kind = kind;
  data.task.outputs.resize(static_cast<size_t>(outputs));
  data.features = FeatureTable(columns);
  for (int i = 0; i < rows; ++i) {
    std::vector<FeatureTable::Entry> entries;
    for (int column = 0; column < columns; ++column)
      if (random() % 3 != 0) entries.push_back({column, normal(random) + 0.5F});
    data.features.AddRow(entries);
    for (int output = 0; output < (kind == TaskKind::kMulticlass ? 1 : outputs); ++output) {
      double label = normal(random) + (entries.empty() ? 0 : entries[0].value);
      if (kind == TaskKind::kMulticlass) label = random() % 3;
      if (kind == TaskKind::kMultilabel) label = label > 0;
      data.labels.push_back(random() % 10 == 0 ? std::numeric_limits<double>::quiet_NaN() : label);
    }
  }
  return data;
}

/// The sum over rows with a label of (label - prediction) * feature, the last for a feature that is always 1; and how
/// many rows those are.
std::pair<std::vector<double>, int> ResidualProducts(const Data& data, const LinearModel& model, size_t output) {
  std::vector<double> sums(static_cast<size_t>(data.features.columns()) + 1);
  int count = 0;
  for (int64_t i = 0; i < data.features.rows(); ++i) {
    const size_t outputs = data.task.outputs.size();
    const bool are_classes = data.task.kind == TaskKind::kMulticlass;
    double label = are_classes ? data.labels[i] : data.labels[i * outputs + output];
    if (std::isnan(label)) continue;
    if (are_classes) label = label == static_cast<double>(output);
    double value = model.intercepts[output];
    for (const auto [column, feature] : data.features.row(i)) value += model.weights[output][column] * feature;
    const double error = label - (data.task.kind == TaskKind::kRegression ? value : 1 / (1 + std::exp(-value)));
    for (const auto [column, feature] : data.features.row(i)) sums[column] += error * feature;
    sums.back() += error;
    ++count;
  }
  return {sums, count};
}

TEST(Ridge, HasNoGradientLeft) {
  for (const int columns : {1, 63, 64, 65, 150, 250, 600}) {
    const Data data = RandomData(TaskKind::kRegression, 3, 200, columns, 5);
    int fits = 0;
    FitRidge(data.task, data.features, data.labels, {1.0, 0.1}, [&](double strength, const LinearModel& model) {
      for (size_t output = 0; output < 3; ++output) {
        const auto [products, count] = ResidualProducts(data, model, output);
        for (int i = 0; i < columns; ++i)
          EXPECT_NEAR(products[i] / count, strength * model.weights[output][i], 1e-10) << columns;
        EXPECT_NEAR(products.back() / count, 0, 1e-10);
      }
      ++fits;
      return true;
    });
    EXPECT_EQ(fits, 2);
  }
}

/// The weights that the normal equations give, of a table and labels without gaps.
Eigen::MatrixXd ByNormalEquations(const Data& data, double strength) {
  const int64_t outputs = data.task.num_outputs();
  Eigen::MatrixXd x = Eigen::MatrixXd::Zero(data.features.rows(), data.features.columns());
  Eigen::MatrixXd y(data.features.rows(), outputs);
  for (int64_t i = 0; i < x.rows(); ++i) {
    for (const auto [column, value] : data.features.row(i)) x(i, column) = value;
    for (int64_t output = 0; output < outputs; ++output) y(i, output) = data.labels[i * outputs + output];
  }
  x.rowwise() -= x.colwise().mean().eval();
  y.rowwise() -= y.colwise().mean().eval();
  Eigen::MatrixXd products = x.transpose() * x / static_cast<double>(x.rows());
  products.diagonal().array() += strength;
  return products.fullPivLu().solve(x.transpose() * y / static_cast<double>(x.rows()));
}

TEST(Ridge, IsTheSameByRowsAndByColumns) {
  constexpr int kRows = 70;
  for (const int columns : {kRows - 1, kRows, kRows + 1, 300}) {
    Data data = RandomData(TaskKind::kRegression, 2, kRows, columns, 11);
    for (double& label : data.labels)
      if (std::isnan(label)) label = 3;
    const Eigen::MatrixXd expected = ByNormalEquations(data, 0.3);
    FitRidge(data.task, data.features, data.labels, {0.3}, [&](double, const LinearModel& model) {
      for (int output = 0; output < 2; ++output)
        for (int i = 0; i < columns; ++i) EXPECT_NEAR(model.weights[output][i], expected(i, output), 1e-12) << columns;
      return true;
    });
  }
  // Columns that are always empty change nothing but which of the two is taken.
  const Data narrow = RandomData(TaskKind::kRegression, 2, kRows, 30, 12);
  FeatureTable wide(300);
  for (int64_t i = 0; i < kRows; ++i) wide.AddRow(narrow.features.row(i));
  std::vector<LinearModel> models;
  for (const FeatureTable& features : {narrow.features, wide})
    FitRidge(narrow.task, features, narrow.labels, {0.1}, [&](double, const LinearModel& model) {
      models.push_back(model);
      return true;
    });
  for (size_t output = 0; output < 2; ++output) {
    EXPECT_NEAR(models[0].intercepts[output], models[1].intercepts[output], 1e-12);
    for (size_t i = 0; i < 30; ++i) EXPECT_NEAR(models[0].weights[output][i], models[1].weights[output][i], 1e-12);
    for (size_t i = 30; i < 300; ++i) EXPECT_EQ(models[1].weights[output][i], 0);
  }
}

TEST(Ridge, IsTheSameWhenNothingIsKept) {
  const Data data = RandomData(TaskKind::kRegression, 3, 70, 40, 13);  // each output lacks labels of its own
  std::vector<LinearModel> models;
  for (const double most_kept : {128e6, 0.0})
    FitRidge(
        data.task, data.features, data.labels, {1.0, 0.1, 0.01},
        [&](double, const LinearModel& model) {
          models.push_back(model);
          return true;
        },
        most_kept);
  ASSERT_EQ(models.size(), 6U);
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(models[i].weights, models[i + 3].weights);
    EXPECT_EQ(models[i].intercepts, models[i + 3].intercepts);
  }
}

TEST(Logistic, HasLittleGradientLeft) {
  for (const TaskKind kind : {TaskKind::kMultilabel, TaskKind::kMulticlass}) {
    const Data data = RandomData(kind, 3, 300, 20, 7);
    FitLogistic(data.task, data.features, data.labels, {0.01, 0.1}, [&](double strength, const LinearModel& model) {
      for (size_t output = 0; output < 3; ++output) {
        const LinearModel zero = {{3, std::vector<double>(20)}, {0, 0, 0}};
        const auto norm = [&](const LinearModel& of) {
          auto [products, count] = ResidualProducts(data, of, output);
          double squares = std::pow(strength * products.back() - of.intercepts[output], 2);
          for (size_t i = 0; i < 20; ++i) squares += std::pow(strength * products[i] - of.weights[output][i], 2);
          return std::sqrt(squares);
        };
        EXPECT_LT(norm(model), 0.01 * norm(zero));  // liblinear's own bound
      }
      return true;
    });
  }
}

TEST(Logistic, LearnsTheShareOfALabelThatNeverVaries) {
  Data data = RandomData(TaskKind::kBinary, 1, 8, 3, 1);
  std::ranges::fill(data.labels, 1);
  FitLogistic(data.task, data.features, data.labels, {1}, [&](double, const LinearModel& model) {
    for (const double probability : Predict(model, data.task, data.features)) EXPECT_DOUBLE_EQ(probability, 0.9);
    return true;
  });
}

TEST(Predict, GivesClassesProbabilitiesThatAddUp) {
  const Data data = RandomData(TaskKind::kMulticlass, 3, 50, 4, 2);
  FitLogistic(data.task, data.features, data.labels, {1}, [&](double, const LinearModel& model) {
    const auto predictions = Predict(model, data.task, data.features);
    for (size_t i = 0; i < predictions.size(); i += 3)
      EXPECT_NEAR(predictions[i] + predictions[i + 1] + predictions[i + 2], 1, 1e-15);
    return true;
  });
}

}  // namespace
}  // namespace agront::baselines
