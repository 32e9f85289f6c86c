// SPDX-License-Identifier: Apache-2.0
// How well the 6-mers of each kind of sequence were predicted, beside their frequencies alone.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "kinds.h"
#include "predict.h"

namespace agront::demo {

/// Natural logarithm of each 6-mer's frequency, by token id, and the most frequent one: the baseline.
struct Baseline {
  std::vector<double> log_frequency;
  int32_t best = 0;
};

/// From a table "6-mer count", one a line, every 6-mer once; one is added to each count. Throws Error.
Baseline ReadBaseline(const std::string& path);

struct KindSummary {
  int64_t sixmers = 0;
  double correct = 0;          ///< share where the model's first choice is right
  double log_probability = 0;  ///< mean, nats
  double baseline_correct = 0;
  double baseline_log_probability = 0;
};

/// One for each kind, and one for all as the last.
std::array<KindSummary, kNumKinds + 1> Summarise(const std::vector<Prediction>& predictions,
                                                 const std::vector<Kind>& kinds, const Baseline& baseline);

/// The table in the terminal.
std::string SummaryText(const std::array<KindSummary, kNumKinds + 1>& summary);

}  // namespace agront::demo
