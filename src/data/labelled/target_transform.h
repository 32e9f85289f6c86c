// SPDX-License-Identifier: Apache-2.0
// Numbers in a shape that is easier to learn, and predictions back in the units of the labels.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agront/transform_step.h"
#include "data/labelled/labelled_set.h"

namespace agront::data {

/// "log1p", "standardize" or "rank", as on the command line and in files.
std::string_view Name(TransformStep step);

/// "log1p,standardize".
std::string TextOf(const std::vector<TransformStep>& steps);

/// Steps, one after the other, fitted to each output on its own:
///   log1p        log(1 + y), for counts and expression; inverted by expm1
///   standardize  mean 0, variance 1 on the training examples
///   rank         normal scores of the ranks among the training examples (ties share their middle rank), on at most
///                1,001 knots with straight lines between; what lies outside is held at the ends
/// Missing values (NaN) stay missing. Thread safety: const members may be called from several threads.
class TargetTransform {
 public:
  TargetTransform() = default;  ///< changes nothing

  /// Throws UsageError for a task without numbers, Error with file and line for a number of the set at or below -1
  /// under log1p.
  static TargetTransform Fit(const std::vector<TransformStep>& steps, const LabelledSet& set,
                             std::span<const int64_t> train);

  /// The same test of the labels of another set, which must fit the task.
  void CheckLabels(const LabelledSet& set) const;

  /// [outputs], in place: labels as what the model learns, predictions of the model as labels.
  void Apply(std::span<float> labels) const;
  void Invert(std::span<double> predictions) const;
  /// Apply for whatever is in the units of labels, predictions too, which may be far off: at or below -1, log1p is that
  /// of just above it.
  void ApplyAnywhere(std::span<double> values) const;

  bool is_none() const { return steps_.empty(); }
  /// Whether it only shifts and scales, so that correlations and R2 are the same before and after.
  bool is_linear() const {
    return std::ranges::all_of(steps_, [](const Step& step) { return step.kind == TransformStep::kStandardize; });
  }
  /// Whether it takes logarithms first, and then only shifts and scales.
  bool is_log1p() const {
    return !steps_.empty() && steps_[0].kind == TransformStep::kLog1p &&
           std::all_of(steps_.begin() + 1, steps_.end(),
                       [](const Step& step) { return step.kind == TransformStep::kStandardize; });
  }

  /// A JSON value as text, to be kept beside the head, and back. Throws Error beginning with `place`.
  std::string ToJson() const;
  static TargetTransform FromJson(const std::string& text, const std::string& place, int64_t num_outputs);

 private:
  /// The transform of one output.
  struct Fitted {
    double mean = 0;
    double deviation = 1;
    std::vector<double> values;  // kRank: knots, rising, and
    std::vector<double> scores;
  };
  struct Step {
    TransformStep kind;
    std::vector<Fitted> outputs;
  };

  static Fitted FitOutput(TransformStep kind, std::vector<double> values);
  /// After the first `steps`.
  void CheckAboveMinusOne(const LabelledSet& set, size_t steps, size_t output) const;
  double ForwardAll(size_t output, double value) const;
  double ForwardSome(size_t steps, size_t output, double value) const;
  static double Forward(TransformStep kind, const Fitted& fitted, double value);
  static double Backward(TransformStep kind, const Fitted& fitted, double value);

  std::vector<Step> steps_;
};

}  // namespace agront::data
