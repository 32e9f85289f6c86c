// SPDX-License-Identifier: Apache-2.0
#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <map>

#include "base/parallel.h"
#include "baselines/linear_model.h"

namespace agront::baselines {
namespace {

/// Outputs whose labels are there in the same rows.
struct Group {
  std::vector<int64_t> outputs;
  std::vector<int64_t> rows;
};

std::vector<Group> GroupByMissing(int64_t rows, int64_t outputs, std::span<const double> labels) {
  std::map<std::vector<bool>, Group> groups;
  for (int64_t output = 0; output < outputs; ++output) {
    std::vector<bool> is_there(static_cast<size_t>(rows));
    for (int64_t i = 0; i < rows; ++i) is_there[i] = !std::isnan(labels[i * outputs + output]);
    Group& group = groups[is_there];
    if (group.outputs.empty())
      for (int64_t i = 0; i < rows; ++i)
        if (is_there[i]) group.rows.push_back(i);
    group.outputs.push_back(output);
  }
  std::vector<Group> result;
  for (auto& [is_there, group] : groups) result.push_back(std::move(group));
  return result;
}

/// What the normal equations of a group need: means over its rows, and products of what is left without them.
class NormalEquations {
 public:
  NormalEquations(const FeatureTable& features, std::span<const double> labels, int64_t outputs, const Group& group)
      : feature_means_(Eigen::VectorXd::Zero(features.columns())),
        label_means_(Eigen::VectorXd::Zero(static_cast<int64_t>(group.outputs.size()))),
        products_(Eigen::MatrixXd::Zero(features.columns(), features.columns())),
        targets_(Eigen::MatrixXd::Zero(features.columns(), label_means_.size())),
        rows_(static_cast<double>(group.rows.size())) {
    if (group.rows.empty()) return;
    for (const int64_t row : group.rows) {
      for (const auto [column, value] : features.row(row)) feature_means_[column] += value;
      for (int64_t i = 0; i < label_means_.size(); ++i) label_means_[i] += labels[row * outputs + group.outputs[i]];
    }
    feature_means_ /= rows_;
    label_means_ /= rows_;
    AddProducts(features, labels, outputs, group);
    products_.triangularView<Eigen::Lower>() = products_ / rows_ - feature_means_ * feature_means_.transpose();
    targets_ /= rows_;  // labels were centred, so their means drop out
  }

  /// Weights [columns, outputs of the group].
  Eigen::MatrixXd Solve(double strength) const {
    Eigen::MatrixXd damped = products_;
    damped.diagonal().array() += strength;
    return damped.selfadjointView<Eigen::Lower>().llt().solve(targets_);
  }

  Eigen::VectorXd Intercepts(const Eigen::MatrixXd& weights) const {
    return label_means_ - weights.transpose() * feature_means_;
  }

 private:
  /// The lower triangle of features' products with each other, and with centred labels. Each thread owns columns.
  void AddProducts(const FeatureTable& features, std::span<const double> labels, int64_t outputs, const Group& group) {
    constexpr int64_t kPanel = 64;
    ParallelFor((features.columns() + kPanel - 1) / kPanel, [&](int64_t panel) {
      for (const int64_t row : group.rows) {
        const auto entries = features.row(row);
        auto entry = std::ranges::lower_bound(entries, panel * kPanel, {}, &FeatureTable::Entry::column);
        for (; entry != entries.end() && entry->column < (panel + 1) * kPanel; ++entry) {
          const double value = entry->value;
          double* below = products_.col(entry->column).data();
          for (auto other = entry; other != entries.end(); ++other) below[other->column] += value * other->value;
          for (int64_t i = 0; i < label_means_.size(); ++i)
            targets_(entry->column, i) += value * (labels[row * outputs + group.outputs[i]] - label_means_[i]);
        }
      }
    });
  }

  Eigen::VectorXd feature_means_, label_means_;
  Eigen::MatrixXd products_, targets_;
  double rows_;
};

}  // namespace

void FitRidge(const PredictionTask& task, const FeatureTable& features, std::span<const double> labels,
              const std::vector<double>& strengths, const UseModel& use) {
  const int64_t outputs = task.num_outputs();
  std::vector<LinearModel> models(strengths.size());
  for (LinearModel& model : models) {
    model.weights.resize(static_cast<size_t>(outputs));
    model.intercepts.resize(static_cast<size_t>(outputs));
  }
  for (const Group& group : GroupByMissing(features.rows(), outputs, labels)) {
    const NormalEquations equations(features, labels, outputs, group);
    for (size_t s = 0; s < strengths.size(); ++s) {
      const Eigen::MatrixXd weights = equations.Solve(strengths[s]);
      const Eigen::VectorXd intercepts = equations.Intercepts(weights);
      for (size_t i = 0; i < group.outputs.size(); ++i) {
        const auto column = weights.col(static_cast<int64_t>(i));
        models[s].weights[group.outputs[i]].assign(column.begin(), column.end());
        models[s].intercepts[group.outputs[i]] = intercepts[static_cast<int64_t>(i)];
      }
    }
  }
  for (size_t s = 0; s < strengths.size(); ++s)
    if (!use(strengths[s], models[s])) return;
}

}  // namespace agront::baselines
