// SPDX-License-Identifier: Apache-2.0
#include "data/labelled/target_transform.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <nlohmann/json.hpp>
#include <numbers>
#include <optional>
#include <string_view>
#include <utility>

#include "agront/printable.h"
#include "base/error.h"
#include "formats/json.h"

namespace agront::data {
namespace {

/// In the order of the enumeration.
constexpr std::array<std::string_view, 3> kNames = {"log1p", "standardize", "rank"};

std::optional<TransformStep> StepNamed(std::string_view name) {
  const auto found = std::ranges::find(kNames, name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<TransformStep>(found - kNames.begin());
}

constexpr size_t kMostKnots = 1'001;

/// The normal score below which a share `probability` lies: bisection of erfc, which is exact enough and only done for
/// the knots.
double NormalScore(double probability) {
  double low = -40;
  double high = 40;
  for (int step = 0; step < 100; ++step) {
    const double middle = 0.5 * (low + high);
    (0.5 * std::erfc(-middle / std::numbers::sqrt2) < probability ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

bool IsRising(const std::vector<double>& values) {
  return std::ranges::adjacent_find(values, std::greater_equal()) == values.end();
}

/// On the lines between points (from, to), held at the ends.
double Interpolate(const std::vector<double>& from, const std::vector<double>& to, double value) {
  const auto above = static_cast<size_t>(std::ranges::upper_bound(from, value) - from.begin());
  if (above == 0) return to.front();
  if (above == from.size()) return to.back();
  const double share = (value - from[above - 1]) / (from[above] - from[above - 1]);
  return to[above - 1] + share * (to[above] - to[above - 1]);
}

/// Different values and their normal scores, thinned out to kMostKnots with the ends kept.
void FitRanks(std::vector<double> values, std::vector<double>& knots, std::vector<double>& scores) {
  std::ranges::sort(values);
  std::vector<std::pair<double, double>> points;
  const auto count = static_cast<double>(values.size());
  for (size_t i = 0; i < values.size();) {
    size_t end = i;
    while (end < values.size() && values[end] == values[i]) ++end;
    points.emplace_back(values[i], 0.5 * static_cast<double>(i + end) / count);
    i = end;
  }
  const size_t kept = std::min(kMostKnots, points.size());
  for (size_t i = 0; i < kept; ++i) {
    const auto& [value, share] = points[kept == 1 ? 0 : i * (points.size() - 1) / (kept - 1)];
    knots.push_back(value);
    scores.push_back(NormalScore(share));
  }
}

}  // namespace

std::string_view Name(TransformStep step) { return kNames.at(static_cast<size_t>(step)); }

std::string TextOf(const std::vector<TransformStep>& steps) {
  std::string text;
  for (const TransformStep step : steps) text += (text.empty() ? "" : ",") + std::string(Name(step));
  return text;
}

TargetTransform TargetTransform::Fit(const std::vector<TransformStep>& steps, const LabelledSet& set,
                                     std::span<const int64_t> train) {
  TargetTransform transform;
  if (!steps.empty() && set.task().kind != TaskKind::kRegression)
    FailUsage("target transform: expected a task of numbers");
  for (const TransformStep kind : steps) {
    Step step{kind, {}};
    for (size_t output = 0; output < set.task().outputs.size(); ++output) {
      if (step.kind == TransformStep::kLog1p) transform.CheckAboveMinusOne(set, transform.steps_.size(), output);
      std::vector<double> values;
      for (const int64_t example : train)
        if (const float label = set.labels(example)[output]; !std::isnan(label))
          values.push_back(transform.ForwardAll(output, label));
      if (values.empty())
        Fail("output {:?}: expected training examples with a label, got none", set.task().outputs[output]);
      step.outputs.push_back(FitOutput(step.kind, std::move(values)));
    }
    transform.steps_.push_back(std::move(step));
  }
  return transform;
}

void TargetTransform::CheckLabels(const LabelledSet& set) const {
  for (size_t step = 0; step < steps_.size(); ++step)
    for (size_t output = 0; steps_[step].kind == TransformStep::kLog1p && output < set.task().outputs.size(); ++output)
      CheckAboveMinusOne(set, step, output);
}

void TargetTransform::CheckAboveMinusOne(const LabelledSet& set, size_t steps, size_t output) const {
  for (int64_t example = 0; example < set.size(); ++example)
    if (const float label = set.labels(example)[output]; !std::isnan(label) && ForwardSome(steps, output, label) <= -1)
      Fail("{}: log1p of output {:?}: expected numbers above -1, got {}", set.place(example),
           set.task().outputs[output], label);
}

double TargetTransform::ForwardAll(size_t output, double value) const {
  return ForwardSome(steps_.size(), output, value);
}

double TargetTransform::ForwardSome(size_t steps, size_t output, double value) const {
  for (size_t step = 0; step < steps; ++step) value = Forward(steps_[step].kind, steps_[step].outputs[output], value);
  return value;
}

TargetTransform::Fitted TargetTransform::FitOutput(TransformStep kind, std::vector<double> values) {
  Fitted fitted;
  if (kind == TransformStep::kRank) FitRanks(std::move(values), fitted.values, fitted.scores);
  if (kind != TransformStep::kStandardize) return fitted;
  // A constant is only moved: the mean of many logarithms is a little off, and would give it a deviation.
  const auto [least, most] = std::ranges::minmax(values);
  if (least == most) {
    fitted.mean = least;
    return fitted;
  }
  for (const double value : values) fitted.mean += value;
  fitted.mean /= static_cast<double>(values.size());
  double squares = 0;
  for (const double value : values) squares += (value - fitted.mean) * (value - fitted.mean);
  fitted.deviation = std::sqrt(squares / static_cast<double>(values.size()));
  return fitted;
}

void TargetTransform::Apply(std::span<float> labels) const {
  for (size_t i = 0; i < labels.size(); ++i)
    if (!std::isnan(labels[i])) labels[i] = static_cast<float>(ForwardAll(i, labels[i]));
}

void TargetTransform::Invert(std::span<double> predictions) const {
  for (size_t step = steps_.size(); step > 0; --step)
    for (size_t i = 0; i < predictions.size(); ++i)
      predictions[i] = Backward(steps_[step - 1].kind, steps_[step - 1].outputs[i], predictions[i]);
}

void TargetTransform::ApplyAnywhere(std::span<double> values) const {
  constexpr double kLeast = -1 + 1e-15;
  for (const Step& step : steps_)
    for (size_t i = 0; i < values.size(); ++i) {
      if (std::isnan(values[i])) continue;
      if (step.kind == TransformStep::kLog1p) values[i] = std::max(values[i], kLeast);
      values[i] = Forward(step.kind, step.outputs[i], values[i]);
    }
}

double TargetTransform::Forward(TransformStep kind, const Fitted& fitted, double value) {
  switch (kind) {
    case TransformStep::kLog1p:
      if (value <= -1) Fail("log1p: expected numbers above -1, got {}", value);
      return std::log1p(value);
    case TransformStep::kStandardize: return (value - fitted.mean) / fitted.deviation;
    case TransformStep::kRank: return Interpolate(fitted.values, fitted.scores, value);
  }
  return value;
}

double TargetTransform::Backward(TransformStep kind, const Fitted& fitted, double value) {
  switch (kind) {
    case TransformStep::kLog1p: return std::expm1(value);
    case TransformStep::kStandardize: return value * fitted.deviation + fitted.mean;
    case TransformStep::kRank: return Interpolate(fitted.scores, fitted.values, value);
  }
  return value;
}

std::string TargetTransform::ToJson() const {
  nlohmann::ordered_json json = nlohmann::ordered_json::array();
  for (const Step& step : steps_) {
    nlohmann::ordered_json& described = json.emplace_back();
    described["step"] = Name(step.kind);
    for (const Fitted& fitted : step.outputs) {
      if (step.kind == TransformStep::kStandardize) {
        described["mean"].push_back(fitted.mean);
        described["deviation"].push_back(fitted.deviation);
      } else if (step.kind == TransformStep::kRank) {
        described["values"].push_back(fitted.values);
        described["scores"].push_back(fitted.scores);
      }
    }
  }
  return json.dump();
}

TargetTransform TargetTransform::FromJson(const std::string& text, const std::string& place, int64_t num_outputs) {
  const nlohmann::json json = formats::ParseJson(text, place);
  const auto outputs = static_cast<size_t>(num_outputs);
  TargetTransform transform;
  if (!json.is_array()) Fail("{}: expected the steps of a target transform", place);
  for (const nlohmann::json& described : json) {
    const auto name = described.is_object() ? described.find("step") : described.end();
    const auto kind = name != described.end() && name->is_string() ? StepNamed(name->get<std::string>()) : std::nullopt;
    if (!kind) Fail("{}: expected a step log1p, standardize or rank", place);
    const auto numbers = [&](const nlohmann::json& list, const char* key) {
      std::vector<double> values;
      if (!list.is_array()) Fail("{}: {}: expected a list of numbers", place, key);
      for (const nlohmann::json& value : list) {
        if (!value.is_number()) Fail("{}: {}: expected numbers", place, key);
        values.push_back(value.get<double>());
      }
      return values;
    };
    const auto list = [&](const char* key) -> const nlohmann::json& {
      const auto found = described.find(key);
      if (found == described.end() || !found->is_array() || found->size() != outputs)
        Fail("{}: {}: expected {} values, one for each output", place, key, outputs);
      return *found;
    };
    Step step{*kind, std::vector<Fitted>(outputs)};
    if (step.kind == TransformStep::kStandardize) {
      const auto means = numbers(list("mean"), "mean");
      const auto deviations = numbers(list("deviation"), "deviation");
      for (size_t i = 0; i < outputs; ++i) {
        if (!(deviations[i] > 0)) Fail("{}: deviation: expected numbers above 0, got {}", place, deviations[i]);
        step.outputs[i].mean = means[i];
        step.outputs[i].deviation = deviations[i];
      }
    } else if (step.kind == TransformStep::kRank) {
      for (size_t i = 0; i < outputs; ++i) {
        Fitted& fitted = step.outputs[i];
        fitted.values = numbers(list("values")[i], "values");
        fitted.scores = numbers(list("scores")[i], "scores");
        if (fitted.values.empty() || fitted.values.size() != fitted.scores.size() || !IsRising(fitted.values) ||
            !IsRising(fitted.scores))
          Fail("{}: values and scores: expected as many of one as of the other, rising", place);
      }
    }
    transform.steps_.push_back(std::move(step));
  }
  return transform;
}

}  // namespace agront::data
