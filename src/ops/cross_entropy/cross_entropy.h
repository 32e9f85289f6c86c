// SPDX-License-Identifier: Apache-2.0
// Cross-entropy of rows of logits, and its gradient:
//
//   losses[i] = ln sum_v exp(logits[i, v]) - logits[i, targets[i]]
//   gradient of sum_i weights[i] losses[i]: weights[i] (softmax(logits[i]) - 1 at targets[i])
//
//   logits [rows, V]    targets, weights, losses, predicted [rows]
#pragma once

#include <cstdint>
#include <span>

#include "tensor/matrix.h"

namespace agront::ops {

struct CrossEntropyTargets {
  std::span<const int32_t> tokens;
  std::span<const float> weights;
};

/// Each row by itself: no sum over rows is made here. Large logits do not overflow. Throws Error when the sizes differ
/// or a target is not one of the V.
struct CrossEntropyOutputs {
  std::span<float> losses;
  std::span<int32_t> predicted;  ///< the largest logit of the row, the first of several
};

void CrossEntropyForward(tensor::ConstMatrixView logits, const CrossEntropyTargets& targets,
                         const CrossEntropyOutputs& outputs);

/// The same, and the logits become their gradient.
void CrossEntropyForwardBackward(tensor::MatrixView logits, const CrossEntropyTargets& targets,
                                 const CrossEntropyOutputs& outputs);

}  // namespace agront::ops
