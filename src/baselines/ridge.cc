// SPDX-License-Identifier: Apache-2.0
#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

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

using Row = std::span<const FeatureTable::Entry>;

/// The lower triangle of the products of `columns` columns with each other. Each thread owns columns.
Eigen::MatrixXd ProductsOfColumns(const std::vector<Row>& rows, int64_t columns) {
  constexpr int64_t kPanel = 64;
  Eigen::MatrixXd products = Eigen::MatrixXd::Zero(columns, columns);
  ParallelFor((columns + kPanel - 1) / kPanel, [&](int64_t panel) {
    for (const Row& row : rows) {
      auto entry = std::ranges::lower_bound(row, panel * kPanel, {}, &FeatureTable::Entry::column);
      for (; entry != row.end() && entry->column < (panel + 1) * kPanel; ++entry) {
        const double value = entry->value;
        double* below = products.col(entry->column).data();
        for (auto other = entry; other != row.end(); ++other) below[other->column] += value * other->value;
      }
    }
  });
  return products;
}

/// The same for rows: in a sparse table few rows share a column, so that most pairs are never looked at.
Eigen::MatrixXd ProductsOfRows(const std::vector<Row>& rows, int64_t columns) {
  std::vector<std::vector<FeatureTable::Entry>> transposed(static_cast<size_t>(columns));
  for (size_t i = 0; i < rows.size(); ++i)
    for (const auto [column, value] : rows[i]) transposed[column].push_back({static_cast<int32_t>(i), value});
  return ProductsOfColumns({transposed.begin(), transposed.end()}, static_cast<int64_t>(rows.size()));
}

/// Ridge regression of a group, of features and labels without their means. Where there are fewer rows than columns the
/// weights are sums of rows, and it is the rows' shares in them that are solved for: X' (X X' + c)^-1 Y for
/// (X' X + c)^-1 X' Y.
class RidgeEquations {
 public:
  RidgeEquations(const FeatureTable& features, std::span<const double> labels, int64_t outputs, const Group& group)
      : feature_means_(Eigen::VectorXd::Zero(features.columns())),
        labels_(static_cast<int64_t>(group.rows.size()), static_cast<int64_t>(group.outputs.size())) {
    for (const int64_t row : group.rows) {
      for (int64_t i = 0; i < labels_.cols(); ++i)
        labels_(static_cast<int64_t>(rows_.size()), i) = labels[row * outputs + group.outputs[i]];
      rows_.push_back(features.row(row));
      for (const auto [column, value] : rows_.back()) feature_means_[column] += value;
    }
    label_means_ = Eigen::VectorXd::Zero(labels_.cols());
    if (!rows_.empty()) {
      feature_means_ /= static_cast<double>(rows_.size());
      label_means_ = labels_.colwise().mean();
      labels_.rowwise() -= label_means_.transpose();
    }
    products_ = by_rows() ? CentredProductsOfRows() : CentredProductsOfColumns();
    targets_ = by_rows() ? labels_ : SumOfRows(labels_);
  }

  /// Weights [columns, outputs of the group].
  Eigen::MatrixXd Solve(double strength) const {
    Eigen::MatrixXd damped = products_;
    damped.diagonal().array() += strength * std::max(static_cast<double>(rows_.size()), 1.0);
    const Eigen::MatrixXd solved = damped.selfadjointView<Eigen::Lower>().llt().solve(targets_);
    return by_rows() ? SumOfRows(solved) : solved;
  }

  Eigen::VectorXd Intercepts(const Eigen::MatrixXd& weights) const {
    return label_means_ - weights.transpose() * feature_means_;
  }

 private:
  bool by_rows() const { return static_cast<int64_t>(rows_.size()) < feature_means_.size(); }

  Eigen::MatrixXd CentredProductsOfColumns() const {
    Eigen::MatrixXd products = ProductsOfColumns(rows_, feature_means_.size());
    products.triangularView<Eigen::Lower>() -=
        static_cast<double>(rows_.size()) * feature_means_ * feature_means_.transpose();
    return products;
  }

  Eigen::MatrixXd CentredProductsOfRows() const {
    Eigen::MatrixXd products = ProductsOfRows(rows_, feature_means_.size());
    Eigen::VectorXd with_mean = Eigen::VectorXd::Zero(products.rows());
    for (size_t i = 0; i < rows_.size(); ++i)
      for (const auto [column, value] : rows_[i]) with_mean[static_cast<int64_t>(i)] += value * feature_means_[column];
    products.colwise() -= with_mean;
    products.rowwise() -= with_mean.transpose();
    products.array() += feature_means_.squaredNorm();
    return products;
  }

  /// Rows times their shares [rows, outputs]. Shares add up to 0, as centred labels do, so means drop out.
  Eigen::MatrixXd SumOfRows(const Eigen::MatrixXd& shares) const {
    Eigen::MatrixXd sum = Eigen::MatrixXd::Zero(feature_means_.size(), shares.cols());
    for (size_t i = 0; i < rows_.size(); ++i)
      for (const auto [column, value] : rows_[i]) sum.row(column) += value * shares.row(static_cast<int64_t>(i));
    return sum;
  }

  std::vector<Row> rows_;
  Eigen::VectorXd feature_means_, label_means_;
  Eigen::MatrixXd labels_;    // [rows, outputs], centred
  Eigen::MatrixXd products_;  // of columns, or of rows
  Eigen::MatrixXd targets_;
};

}  // namespace

void FitRidge(const PredictionTask& task, const FeatureTable& features, std::span<const double> labels,
              const std::vector<double>& strengths, const UseModel& use, double most_kept) {
  const int64_t outputs = task.num_outputs();
  const std::vector<Group> groups = GroupByMissing(features.rows(), outputs, labels);
  const double side = static_cast<double>(std::min(features.rows(), features.columns()));
  const bool keeps_equations = static_cast<double>(groups.size()) * side * side <= most_kept;
  std::vector<std::optional<RidgeEquations>> equations(groups.size());
  for (const double strength : strengths) {
    LinearModel model;
    model.weights.resize(static_cast<size_t>(outputs));
    model.intercepts.resize(static_cast<size_t>(outputs));
    for (size_t group = 0; group < groups.size(); ++group) {
      if (!equations[group]) equations[group].emplace(features, labels, outputs, groups[group]);
      const Eigen::MatrixXd weights = equations[group]->Solve(strength);
      const Eigen::VectorXd intercepts = equations[group]->Intercepts(weights);
      if (!keeps_equations) equations[group].reset();
      for (size_t i = 0; i < groups[group].outputs.size(); ++i) {
        const auto column = weights.col(static_cast<int64_t>(i));
        model.weights[groups[group].outputs[i]].assign(column.begin(), column.end());
        model.intercepts[groups[group].outputs[i]] = intercepts[static_cast<int64_t>(i)];
      }
    }
    if (!use(strength, model)) return;
  }
}

}  // namespace agront::baselines
