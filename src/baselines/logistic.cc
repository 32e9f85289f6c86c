// SPDX-License-Identifier: Apache-2.0
#include <linear.h>

#include <cmath>
#include <memory>
#include <mutex>

#include "base/error.h"
#include "base/parallel.h"
#include "baselines/linear_model.h"

namespace agront::baselines {
namespace {

/// While one of these lives, liblinear prints nothing. Its print function is one for the whole process, and cannot be
/// asked for: the last one that goes sets liblinear's own.
class LiblinearQuiet {
 public:
  LiblinearQuiet() {
    const std::lock_guard lock(mutex_);
    if (users_++ == 0) set_print_string_function([](const char*) {});
  }
  ~LiblinearQuiet() {
    const std::lock_guard lock(mutex_);
    if (--users_ == 0) set_print_string_function(nullptr);
  }
  LiblinearQuiet(const LiblinearQuiet&) = delete;
  LiblinearQuiet& operator=(const LiblinearQuiet&) = delete;

 private:
  static inline std::mutex mutex_;
  static inline int users_ = 0;
};

/// Rows as liblinear reads them: columns from 1, a last one that is always 1 for the intercept, an end mark.
class LiblinearRows {
 public:
  explicit LiblinearRows(const FeatureTable& features) : columns_(static_cast<int>(features.columns()) + 1) {
    std::vector<size_t> starts;
    for (int64_t i = 0; i < features.rows(); ++i) {
      starts.push_back(nodes_.size());
      for (const auto [column, value] : features.row(i)) nodes_.push_back({column + 1, value});
      nodes_.push_back({columns_, 1});
      nodes_.push_back({-1, 0});
    }
    for (const size_t start : starts) rows_.push_back(&nodes_[start]);
  }

  int columns() const { return columns_; }
  feature_node* row(int64_t index) const { return rows_[index]; }

 private:
  int columns_;
  std::vector<feature_node> nodes_;
  std::vector<feature_node*> rows_;
};

/// One label that is yes or no, fitted for one strength after another.
class YesNoFit {
 public:
  void Add(feature_node* row, bool label) {
    rows_.push_back(row);
    targets_.push_back(label ? 1 : -1);
    yes_ += label ? 1 : 0;
  }

  /// Weights, the intercept last.
  std::vector<double> Fit(int columns, double strength) {
    const auto size = static_cast<int64_t>(rows_.size());
    std::vector<double> weights(static_cast<size_t>(columns));
    if (yes_ == 0 || yes_ == size) {
      weights.back() = std::log((static_cast<double>(yes_) + 1) / (static_cast<double>(size - yes_) + 1));
      return weights;
    }
    const problem data = {static_cast<int>(size), columns, targets_.data(), rows_.data(), /*bias=*/1};
    parameter options = {};
    options.solver_type = L2R_LR;
    options.C = strength;
    options.eps = 0.01;
    options.init_sol = start_.empty() ? nullptr : start_.data();
    const std::unique_ptr<::model, void (*)(::model*)> fitted(train(&data, &options),
                                                              [](::model* made) { free_and_destroy_model(&made); });
    start_.assign(fitted->w, fitted->w + columns);
    // liblinear's weights are for the label of the first row.
    const double sign = fitted->label[0] == 1 ? 1 : -1;
    for (int i = 0; i < columns; ++i) weights[i] = sign * fitted->w[i];
    return weights;
  }

 private:
  std::vector<feature_node*> rows_;
  std::vector<double> targets_;
  int64_t yes_ = 0;
  std::vector<double> start_;
};

}  // namespace

void FitLogistic(const PredictionTask& task, const FeatureTable& features, std::span<const double> labels,
                 const std::vector<double>& strengths, const UseModel& use) {
  const LiblinearQuiet quiet;
  const LiblinearRows rows(features);
  const bool are_classes = task.kind == TaskKind::kMulticlass || task.kind == TaskKind::kToken;
  const int64_t outputs = task.num_outputs();
  std::vector<YesNoFit> fits(static_cast<size_t>(outputs));
  for (int64_t i = 0; i < features.rows(); ++i)
    for (int64_t output = 0; output < outputs; ++output) {
      const double label = are_classes ? labels[i] : labels[i * outputs + output];
      if (!std::isnan(label)) fits[output].Add(rows.row(i), are_classes ? label == output : label == 1);
    }
  for (const double strength : strengths) {
    LinearModel model;
    model.weights.resize(fits.size());
    model.intercepts.resize(fits.size());
    ParallelFor(outputs, [&](int64_t output) {
      model.weights[output] = fits[output].Fit(rows.columns(), strength);
      model.intercepts[output] = model.weights[output].back();
      model.weights[output].pop_back();
    });
    if (!use(strength, model)) return;
  }
}

}  // namespace agront::baselines
