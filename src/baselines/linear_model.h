// SPDX-License-Identifier: Apache-2.0
// Logistic and ridge regression of every output of a task.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "agront/prediction_task.h"
#include "baselines/feature_table.h"

namespace agront::baselines {

struct LinearModel {
  std::vector<std::vector<double>> weights;  ///< [outputs][columns]
  std::vector<double> intercepts;            ///< [outputs]
};

/// [rows, outputs]: probabilities (of classes each against the rest, made to add up to 1), or numbers.
std::vector<double> Predict(const LinearModel& model, const PredictionTask& task, const FeatureTable& features);

/// Takes a fitted model; false ends the fits.
using UseModel = std::function<bool(double strength, const LinearModel& model)>;

// Each fits a model for each of `strengths`, in their order. Labels are [rows, labels of an example], as of
// scores::LabelledPredictions; missing ones are left out, output by output.

/// Logistic regression by liblinear's trust-region Newton method, classes each against the rest: minimizes
/// |w|^2 / 2 + strength * sum of losses. Strengths that rise are quickest: each fit starts from the one before. For
/// a label that is always yes, or always no, only Laplace's estimate of its share is learned.
void FitLogistic(const PredictionTask& task, const FeatureTable& features, std::span<const double> labels,
                 const std::vector<double>& strengths, const UseModel& use);

/// Ridge regression from the products of columns, or of rows where these are fewer, by Cholesky's decomposition:
/// minimizes the mean of squared errors + strength * |w|^2. One decomposition serves all outputs with the same labels
/// missing. The products are kept from strength to strength while there are at most `most_kept` of them (a gigabyte),
/// and else summed up again for each.
void FitRidge(const PredictionTask& task, const FeatureTable& features, std::span<const double> labels,
              const std::vector<double>& strengths, const UseModel& use, double most_kept = 128e6);

}  // namespace agront::baselines
