// SPDX-License-Identifier: Apache-2.0
// An example has a few outputs: plain loops in float64.
#include <cmath>

#include "base/error.h"
#include "ops/pointwise_loss/pointwise_loss.h"

namespace agront::ops {
namespace {

struct LossAndSlope {
  double loss;
  double slope;
};

LossAndSlope BinaryCrossEntropy(double x, double y) {
  const double power = std::exp(-std::abs(x));  // at most 1
  const double sigmoid = (x >= 0 ? 1 : power) / (1 + power);
  return {std::fmax(x, 0) + std::log1p(power) - y * x, sigmoid - y};
}

LossAndSlope SquaredError(double x, double y) { return {(x - y) * (x - y), 2 * (x - y)}; }

/// Calls then(i, loss and slope) for each output, both 0 where the label is missing.
template <class Then>
void Run(PointwiseLoss loss, std::span<const float> outputs, const WeightedLabels& labels, size_t losses,
         const Then& then) {
  if (labels.labels.size() != outputs.size() || labels.weights.size() != outputs.size() || losses != outputs.size())
    Fail("pointwise_loss: {} outputs, {} labels, {} weights, {} losses", outputs.size(), labels.labels.size(),
         labels.weights.size(), losses);
  for (size_t i = 0; i < outputs.size(); ++i) {
    if (labels.weights[i] == 0) {
      then(i, LossAndSlope{0, 0});
      continue;
    }
    const double x = outputs[i], y = labels.labels[i];
    then(i, loss == PointwiseLoss::kSquaredError ? SquaredError(x, y) : BinaryCrossEntropy(x, y));
  }
}

}  // namespace

void PointwiseLossForward(PointwiseLoss loss, std::span<const float> outputs, const WeightedLabels& labels,
                          std::span<float> losses) {
  Run(loss, outputs, labels, losses.size(),
      [&](size_t i, LossAndSlope value) { losses[i] = static_cast<float>(value.loss); });
}

void PointwiseLossForwardBackward(PointwiseLoss loss, std::span<float> outputs, const WeightedLabels& labels,
                                  std::span<float> losses) {
  Run(loss, outputs, labels, losses.size(), [&](size_t i, LossAndSlope value) {
    losses[i] = static_cast<float>(value.loss);
    outputs[i] = static_cast<float>(value.slope * static_cast<double>(labels.weights[i]));
  });
}

}  // namespace agront::ops
