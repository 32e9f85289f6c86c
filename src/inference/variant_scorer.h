// SPDX-License-Identifier: Apache-2.0
// How likely a masked language model finds the alternative of a change, beside the reference. Logarithms are natural;
// a score below 0 says that the alternative is less likely. docs/variants.md has the formulas.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "agront/variant_scorer.h"
#include "data/variants/strand.h"
#include "inference/engine.h"

namespace agront::inference {

struct VariantScoreOptions {
  bool llr = true;
  bool marginal = false;
  bool pll = true;
  bool all_places = false;    ///< llr and marginal also as the mean over all places of the 6-mer
  int pll_frames = 6;         ///< 1 to 6
  int64_t sixmers = 999;      ///< of a window, an odd number
  int64_t flank = 4;          ///< 6-mers beside the change that pll scores
  bool shared_masks = false;  ///< llr and marginal mask every seventh 6-mer of a window that places share
  int indel_null = 0;         ///< random indels whose mean pll is subtracted from that of each indel; 0: none
  int64_t batch_tokens = 2048;
};

class IndelNull;

/// Scores many changes at a time, so that those whose windows are the same share passes through the model. Thread
/// safety: one call at a time.
class VariantScorer {
 public:
  /// Throws Error when the model has no language-model head.
  VariantScorer(Engine& engine, data::GenomeBases& genome, const VariantScoreOptions& options);
  ~VariantScorer();
  VariantScorer(const VariantScorer&) = delete;
  VariantScorer& operator=(const VariantScorer&) = delete;

  /// A change of a sequence of the genome, inside it. Returns its number, from 0 since Run.
  size_t Add(const std::string& sequence, const genome::Change& change);

  /// The scores of all that was added, in that order. A change that changes nothing has 0. Batches depend on nothing
  /// but what was added. `after_window` is called with the share of the windows that are packed; what it throws ends
  /// the call, and what was added is gone.
  std::vector<VariantScores> Run(const std::function<void(double share)>& after_window);

  int64_t passes() const;  ///< through the model, of all calls
  int64_t tokens() const;  ///< in them

 private:
  struct Plan;
  void RunPlan(Plan& plan, const std::function<void(double share)>& after_window);
  void SubtractNull(const genome::Change& change, double& pll, const std::function<void(double share)>& after_window);

  Engine& engine_;
  data::GenomeBases& genome_;
  VariantScoreOptions options_;
  std::unique_ptr<Plan> plan_;
  std::unique_ptr<IndelNull> null_;  // when it is asked for
  int64_t passes_ = 0;
  int64_t tokens_ = 0;
};

}  // namespace agront::inference
