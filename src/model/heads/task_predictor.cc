// SPDX-License-Identifier: Apache-2.0
#include "model/heads/task_predictor.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/error.h"
#include "model/checkpoints/named_tensors.h"

namespace agront::model {
namespace {

/// Heads are small, and what their products get wrong goes straight into the predictions: float32 always.
ops::PackedWeights Pack(const TaskHead& head, const Parameter& weight, const Parameter& bias) {
  const std::span<const float> values = ValuesOf(head.values, weight, "head");
  return {ops::WeightView{values.data(), weight.rows, weight.cols, weight.cols, 1}, ValuesOf(head.values, bias, "head"),
          Precision::kFp32};
}

const Parameter& Find(const std::vector<Parameter>& parameters, std::string_view name) {
  return *std::ranges::find_if(parameters, [&](const Parameter& parameter) { return parameter.name == name; });
}

ops::PackedWeights PackOut(const ModelShape& shape, const TaskHead& head) {
  const std::vector<Parameter> parameters = TaskHeadParameters(shape, head.config);
  return Pack(head, Find(parameters, "task.out.weight"), Find(parameters, "task.out.bias"));
}

void Check(const Batch& batch, std::span<const int64_t> windows, tensor::ConstMatrixView hidden) {
  if (hidden.rows != static_cast<int64_t>(batch.tokens.size()))
    FailUsage("head: expected hidden states of {} tokens, got {}", batch.tokens.size(), hidden.rows);
  const bool all_positive = std::ranges::all_of(windows, [](int64_t count) { return count > 0; });
  if (!all_positive || std::accumulate(windows.begin(), windows.end(), int64_t{0}) != batch.sequences())
    FailUsage("head: the examples' windows, at least one each, must add up to {}", batch.sequences());
}

void Add(std::span<const float> row, double weight, std::span<double> sum) {
  for (size_t c = 0; c < row.size(); ++c) sum[c] += weight * row[c];
}

}  // namespace

TaskPredictor::TaskPredictor(const ModelShape& shape, const TaskHead& head)
    : config_(head.config), out_(PackOut(shape, head)) {
  const std::vector<Parameter> parameters = TaskHeadParameters(shape, config_);
  if (config_.kind == HeadKind::kMlp)
    dense_ = Pack(head, Find(parameters, "task.dense.weight"), Find(parameters, "task.dense.bias"));
  if (config_.pooling == HeadPooling::kAttention) {
    const auto query = ValuesOf(head.values, Find(parameters, "task.pool.query"), "head");
    query_.assign(query.begin(), query.end());
  }
}

void TaskPredictor::AddWindow(const Batch& batch, int64_t window, tensor::ConstMatrixView hidden,
                              std::span<double> sum) const {
  const int64_t begin = batch.offsets[window], end = batch.offsets[window + 1];
  if (config_.pooling == HeadPooling::kCls) return Add(hidden.row(begin), 1, sum);
  if (config_.pooling == HeadPooling::kCentre) {
    const auto tokens = std::span(batch.tokens).subspan(begin, end - begin);
    return Add(hidden.row(begin + CentreToken(tokens)), 1, sum);
  }
  const int64_t rows = end - begin - 1;
  if (rows < 1) FailUsage("head: window {} has no token but <cls>", window);
  std::vector<double> weights(static_cast<size_t>(rows), 1.0);
  if (config_.pooling == HeadPooling::kAttention) {
    const double scale = 1 / std::sqrt(static_cast<double>(hidden.cols));
    for (int64_t i = 0; i < rows; ++i)
      weights[i] = scale * std::inner_product(query_.begin(), query_.end(), hidden.row(begin + 1 + i).begin(), 0.0);
    const double largest = std::ranges::max(weights);
    for (double& weight : weights) weight = std::exp(weight - largest);
  }
  const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
  for (int64_t i = 0; i < rows; ++i) Add(hidden.row(begin + 1 + i), weights[i] / total, sum);
}

void TaskPredictor::Pool(const Batch& batch, std::span<const int64_t> windows, tensor::ConstMatrixView hidden) {
  if (config_.pooling == HeadPooling::kNone) {
    pooled_.Resize(hidden.rows, hidden.cols, ops::PaddedRows(hidden.rows));
    std::ranges::copy(hidden.values(), pooled_.view().data);
    return;
  }
  const auto examples = static_cast<int64_t>(windows.size());
  pooled_.Resize(examples, hidden.cols, ops::PaddedRows(examples));
  std::vector<double> sum(static_cast<size_t>(hidden.cols));
  int64_t window = 0;
  for (int64_t example = 0; example < examples; ++example) {
    std::ranges::fill(sum, 0);
    for (int64_t i = 0; i < windows[example]; ++i) AddWindow(batch, window++, hidden, sum);
    const auto count = static_cast<double>(windows[example]);
    std::ranges::transform(sum, pooled_.view().row(example).begin(),
                           [&](double value) { return static_cast<float>(value / count); });
  }
}

void TaskPredictor::Predict(const Batch& batch, std::span<const int64_t> windows, tensor::ConstMatrixView hidden,
                            tensor::Matrix& outputs) {
  Check(batch, windows, hidden);
  Pool(batch, windows, hidden);
  const int64_t rows = pooled_.rows();
  ops::ProductInput input;
  if (dense_) {
    inner_.Resize(rows, dense_->out(), ops::PaddedRows(rows));
    input.Set(pooled_.view(), dense_->input_format());
    dense_->Multiply(input, ops::Epilogue::kNone, inner_.view());
    for (float& value : inner_.view().values()) value = std::tanh(value);
  }
  outputs.Resize(rows, out_.out(), ops::PaddedRows(rows));
  input.Set(dense_ ? inner_.view() : pooled_.view(), out_.input_format());
  out_.Multiply(input, ops::Epilogue::kNone, outputs.view());
}

}  // namespace agront::model
