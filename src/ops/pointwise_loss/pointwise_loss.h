// SPDX-License-Identifier: Apache-2.0
// Losses of single outputs x against labels y, and the gradient of sum_i weights[i] losses[i]:
//
//   binary cross-entropy of sigmoid(x):   losses = ln(1 + exp(x)) - y x     gradient = weights (sigmoid(x) - y)
//   squared error:                        losses = (x - y)^2                gradient = weights 2 (x - y)
//
// Where a weight is 0 the label is missing: neither label nor output is read, loss and gradient are 0.
#pragma once

#include <span>

namespace agront::ops {

enum class PointwiseLoss { kBinaryCrossEntropy, kSquaredError };

struct WeightedLabels {
  std::span<const float> labels;
  std::span<const float> weights;
};

/// Each value by itself: no sum is made here. Large outputs do not overflow. Throws Error when the sizes differ.
void PointwiseLossForward(PointwiseLoss loss, std::span<const float> outputs, const WeightedLabels& labels,
                          std::span<float> losses);

/// The same, and the outputs become their gradient.
void PointwiseLossForwardBackward(PointwiseLoss loss, std::span<float> outputs, const WeightedLabels& labels,
                                  std::span<float> losses);

}  // namespace agront::ops
