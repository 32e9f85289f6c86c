// SPDX-License-Identifier: Apache-2.0
// The input and output of a model with a task's head.
#pragma once

#include <cstdint>
#include <vector>

#include "agront/forward.h"

namespace agront::model {

/// The labels of some examples. Empty where none are known.
///
/// Losses: kBinary, kMultilabel binary cross-entropy of each label; kMulticlass, kToken cross-entropy; kRegression the
/// square of the difference.
struct TaskLabels {
  std::vector<float> labels;   ///< [examples, num_labels] in the space of the loss; not read where a weight is 0
  std::vector<float> weights;  ///< of the losses: [examples, num_labels]
  std::vector<int32_t> token_classes;  ///< kToken: [tokens], -1 where there is no loss (such as <cls>)
  std::vector<float> class_weights;    ///< kToken: [outputs], or empty: all 1

  bool empty() const { return labels.empty() && token_classes.empty(); }
};

/// Examples for one pass.
struct TaskBatch : TaskLabels {
  Batch batch;                   ///< windows, packed; each begins with <cls>
  std::vector<int64_t> windows;  ///< of each example, in order
};

struct TaskOutput {
  double loss = 0;             ///< sum of weight x loss
  double weight = 0;           ///< sum of weights: the caller divides by that of the whole step
  std::vector<float> outputs;  ///< before the sigmoid or softmax: [examples, outputs], kToken [tokens, outputs]
};

}  // namespace agront::model
