// SPDX-License-Identifier: Apache-2.0
// Facts about the examples that a reader needs before she believes a score.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agront/prediction_task.h"
#include "baselines/baselines.h"

namespace agront::tasks {

/// One part of the examples: training, validation, test.
struct SplitSummary {
  std::string name;
  int64_t examples = 0;
  int64_t shortest = 0, longest = 0;  ///< bases
  double mean_length = 0;
  double gc = 0;                     ///< of all known bases together, as tools for sequence statistics have it
  std::vector<double> label_values;  ///< of each output: the share with it, or the mean; NaN where no label is there
  int64_t missing_labels = 0;
  /// How well length alone, and GC alone, predict the label: AUROC turned above 0.5 (the largest of several outputs or
  /// classes), or the largest |Spearman|. NaN where not defined.
  double length_tells = 0;
  double gc_tells = 0;
};

SplitSummary Summarize(const std::string& name, const PredictionTask& task, const baselines::LabelledSequences& set);

}  // namespace agront::tasks
