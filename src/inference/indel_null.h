// SPDX-License-Identifier: Apache-2.0
// What pll is expected of any insertion or deletion of a length.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <utility>

#include "inference/variant_scorer.h"

namespace agront::inference {

/// Means of pll over random indels of a genome (data/variants/random_indels.h). Each is made when it is first asked
/// for, in batches of its own: so it depends on nothing else that is scored. Thread safety: one call at a time.
class IndelNull {
 public:
  /// `options` are those of the scores that are compared. Engine and genome live longer.
  IndelNull(Engine& engine, data::GenomeBases& genome, const VariantScoreOptions& options);

  /// For changes that take out `deleted` bases and put in `inserted` ones. NaN where the genome has no place for them.
  double Mean(int64_t deleted, int64_t inserted, const std::function<void(double share)>& after_window);

  const VariantScorer& scorer() const { return scorer_; }

 private:
  data::GenomeBases& genome_;
  int indels_;
  int64_t margin_;
  VariantScorer scorer_;
  std::map<std::pair<int64_t, int64_t>, double> means_;
};

}  // namespace agront::inference
