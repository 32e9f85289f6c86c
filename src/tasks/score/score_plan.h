// SPDX-License-Identifier: Apache-2.0
// Which scores are asked for, and how they are made.
#pragma once

#include <cstdint>

#include "agront/variant_scorer.h"
#include "inference/variant_scorer.h"

namespace agront::tasks {

struct ScorePlan {
  inference::VariantScoreOptions options;
  int64_t window_bp = 0;

  /// Whether there are any.
  bool has_scores() const { return options.llr || options.marginal || options.pll; }
  /// The number of bases that a change may have.
  int64_t longest() const { return window_bp / 2; }
};

/// For a model that takes `max_tokens` tokens, <cls> among them. Throws UsageError for numbers out of range.
ScorePlan PlanOf(const VariantScoring& scoring, int64_t batch_tokens, int64_t max_tokens);

}  // namespace agront::tasks
