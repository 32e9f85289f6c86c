// SPDX-License-Identifier: Apache-2.0
#include "tasks/score/score_plan.h"

#include <algorithm>

#include "base/error.h"
#include "tokenizer/vocabulary.h"

namespace agront::tasks {

ScorePlan PlanOf(const VariantScoring& scoring, int64_t batch_tokens, int64_t max_tokens) {
  constexpr int64_t kSixmer = tokenizer::kKmerLength;
  constexpr int64_t kWindow = 5'994;  // 999 6-mers, as the published model's windows allow
  constexpr int64_t kLongestFlank = 100;
  constexpr int kMostIndels = 10'000;
  if (scoring.frames != 0 && scoring.frames != 1 && scoring.frames != kSixmer)
    FailUsage("frames: expected 1 or 6, got {}", scoring.frames);
  if (scoring.pll_flank < 0 || scoring.pll_flank > kLongestFlank)
    FailUsage("pll-flank: expected 0 to {}, got {}", kLongestFlank, scoring.pll_flank);
  if (scoring.indel_null < 0 || scoring.indel_null > kMostIndels)
    FailUsage("indel-null: expected 0 to {}, got {}", kMostIndels, scoring.indel_null);
  const int64_t most = max_tokens - 1;  // behind <cls>
  const int64_t longest = kSixmer * (most % 2 == 0 ? most - 1 : most);
  const int64_t window = scoring.window_bp == 0 ? std::min(kWindow, longest) : scoring.window_bp;
  if (window < kSixmer || window % (2 * kSixmer) != kSixmer || window > longest)
    FailUsage("window-bp: expected an odd number of 6-mers, 6 to {} bp for this model, got {}", longest, window);
  const auto asks = [&](VariantScore score) { return std::ranges::count(scoring.scores, score) > 0; };
  return {.options = {.llr = asks(VariantScore::kLlr),
                      .marginal = asks(VariantScore::kMarginal),
                      .pll = asks(VariantScore::kPll),
                      .all_places = scoring.frames == kSixmer,
                      .pll_frames = scoring.frames == 1 ? 1 : static_cast<int>(kSixmer),
                      .sixmers = window / kSixmer,
                      .flank = scoring.pll_flank,
                      .shared_masks = scoring.shared_masks,
                      .indel_null = scoring.indel_null,
                      .batch_tokens = batch_tokens},
          .window_bp = window};
}

}  // namespace agront::tasks
