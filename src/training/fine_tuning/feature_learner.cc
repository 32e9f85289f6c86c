// SPDX-License-Identifier: Apache-2.0
#include "training/fine_tuning/feature_learner.h"

#include <algorithm>
#include <cmath>

#include "base/parallel.h"

namespace agront::training {

FeatureLearner::FeatureLearner(model::TrainableProbe& probe, const ExampleEncoder& examples,
                               const std::vector<ExampleDraw>& draws, tensor::Matrix features,
                               const std::vector<int64_t>& train)
    : probe_(probe), examples_(examples), features_(std::move(features)) {
  for (size_t i = 0; i < draws.size(); ++i) row_of_[{draws[i].example, draws[i].reverse}] = static_cast<int64_t>(i);
  const auto channels = static_cast<size_t>(features_.cols());
  std::vector<double> sum(channels), square(channels);
  for (const int64_t example : train) {
    const std::span<const float> row = features_.view().row(row_of_.at({example, false}));
    for (size_t c = 0; c < channels; ++c) sum[c] += static_cast<double>(row[c]);
  }
  const auto count = static_cast<double>(train.size());
  for (double& s : sum) s /= count;
  for (const int64_t example : train) {
    const std::span<const float> row = features_.view().row(row_of_.at({example, false}));
    for (size_t c = 0; c < channels; ++c) square[c] += std::pow(static_cast<double>(row[c]) - sum[c], 2);
  }
  mean_.assign(sum.begin(), sum.end());
  const double of_all = std::sqrt(static_cast<double>(channels));
  for (const double s : square) scale_.push_back(s > 0 ? static_cast<float>(1 / std::sqrt(s / count) / of_all) : 0.0f);
  ParallelFor(features_.rows(), [&](int64_t r) {
    const std::span<float> row = features_.view().row(r);
    for (size_t c = 0; c < channels; ++c) row[c] = (row[c] - mean_[c]) * scale_[c];
  });
}

void FeatureLearner::Gather(std::span<const ExampleDraw> draws) {
  const auto count = static_cast<int64_t>(draws.size());
  gathered_.Resize(count, features_.cols(), count);
  labels_ = {};
  for (int64_t i = 0; i < count; ++i) {
    const ExampleDraw& draw = draws[static_cast<size_t>(i)];
    std::ranges::copy(features_.view().row(row_of_.at({draw.example, draw.reverse})), gathered_.view().row(i).data());
    examples_.AppendLabels(draw.example, labels_.labels, labels_.weights);
  }
}

LossSum FeatureLearner::AddGradients(std::span<const ExampleDraw> draws) {
  if (draws.empty()) return {};
  Gather(draws);
  probe_.AddGradients(gathered_.view(), labels_, output_);
  return {.loss = output_.loss, .weight = output_.weight};
}

LossSum FeatureLearner::Predict(std::span<const int64_t> examples, Outputs& outputs) {
  constexpr size_t kRows = 4096;  // at a time, so that memory is bounded
  LossSum sum;
  for (size_t first = 0; first < examples.size(); first += kRows) {
    std::vector<ExampleDraw> draws;
    for (const int64_t example : examples.subspan(first, std::min(kRows, examples.size() - first)))
      draws.push_back({.example = example, .reverse = false});
    Gather(draws);
    probe_.Predict(gathered_.view(), labels_, output_);
    sum.loss += output_.loss;
    sum.weight += output_.weight;
    outputs.values.insert(outputs.values.end(), output_.outputs.begin(), output_.outputs.end());
    outputs.rows.insert(outputs.rows.end(), draws.size(), 1);
  }
  return sum;
}

void FeatureLearner::FoldIntoHead() {
  model::TrainingParameters& head = probe_.parameters();
  const std::string first = head.Contains("task.dense.weight") ? "task.dense" : "task.out";
  const std::span<float> weight = head.ValuesOf(first + ".weight");
  const std::span<float> bias = head.ValuesOf(first + ".bias");
  const size_t channels = mean_.size();
  for (size_t row = 0; row < bias.size(); ++row) {
    double shift = 0;
    for (size_t c = 0; c < channels; ++c) {
      float& w = weight[row * channels + c];
      w *= scale_[c];
      shift += static_cast<double>(w) * static_cast<double>(mean_[c]);
    }
    bias[row] -= static_cast<float>(shift);
  }
}

}  // namespace agront::training
