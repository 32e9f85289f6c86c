// SPDX-License-Identifier: Apache-2.0
#include "inference/pll_plan.h"

#include <array>
#include <optional>

#include "inference/log_softmax.h"
#include "tokenizer/vocabulary.h"

namespace agront::inference {
namespace {

/// The one 6-mer that differs, when the windows score the same places and see the same everywhere else; else 0.
size_t OnlyDifference(const data::ChangeWindows& both) {
  const std::vector<int32_t>&reference = both.reference.ids, &alternative = both.alternative.ids;
  size_t found = 0;
  for (size_t i = 0; i < reference.size(); ++i) {
    if (reference[i] == alternative[i]) continue;
    if (found != 0 || !tokenizer::IsKmer(reference[i]) || !tokenizer::IsKmer(alternative[i])) return 0;
    found = i;
  }
  return both.reference.scored == both.alternative.scored ? found : 0;
}

}  // namespace

void PllPlan::Add(size_t allele, const std::string& sequence, const genome::Change& change) {
  constexpr std::array kFramesByDistance = {3, 2, 4, 1, 5, 0};  // an edge of a sequence has not all of them
  for (const bool reverse : {false, true}) {
    const data::Strand strand(genome_, sequence, reverse);
    const genome::Change of_strand = strand.Of(change);
    int frames = 0;
    for (const int frame : kFramesByDistance) {
      if (frames == options_.pll_frames) break;
      const auto both = data::WindowsOf(strand, of_strand, frame, WindowOptions());
      if (!both) continue;
      ++frames;
      Window window{
          .sequence = sequence, .reverse = reverse, .frame = frame, .change = of_strand, .is_reference = true};
      const size_t reference = NumberOf(*both, window).first;
      window.is_reference = false;
      window.shared = OnlyDifference(*both);
      const auto [alternative, is_new] = NumberOf(*both, window);
      if (is_new && window.shared != 0)
        windows_[reference].sharing.push_back({alternative, window.shared, both->alternative.ids[window.shared]});
      differences_[allele].emplace_back(alternative, reference);
    }
  }
}

std::pair<size_t, bool> PllPlan::NumberOf(const data::ChangeWindows& both, const Window& window) {
  const data::ScoredWindow& scored = window.Of(both);
  const auto [found, is_new] =
      numbers_.try_emplace({window.sequence, window.reverse, both.start, scored.ids.size(), scored.scored,
                            window.is_reference ? genome::Change{} : window.change},
                           windows_.size());
  if (is_new) windows_.push_back(window);
  if (is_new) likelihoods_.push_back(0);
  return {found->second, is_new};
}

int64_t PllPlan::Pack(size_t number, MaskedModel& model) const {
  const Window& window = windows_[number];
  const data::Strand strand(genome_, window.sequence, window.reverse);
  const data::ChangeWindows both = *data::WindowsOf(strand, window.change, window.frame, WindowOptions());
  const data::ScoredWindow& scored = window.Of(both);
  MaskedPasses passes = SeventhsOf(scored.scored);
  if (window.shared != 0)
    std::erase_if(passes, [&](const auto& pass) { return pass.front() % kSevenths == window.shared % kSevenths; });
  model.Add(scored.ids, passes);
  return static_cast<int64_t>(passes.size());
}

void PllPlan::Use(size_t number, const MaskedToken& token, std::span<float> logits) {
  const auto columns = static_cast<int64_t>(logits.size());
  LogSoftmax({.data = logits.data(), .rows = 1, .cols = columns, .stored_rows = 1});
  const auto likelihood = [&](int32_t id) { return static_cast<double>(logits[static_cast<size_t>(id)]); };
  likelihoods_[number] += likelihood(token.id);
  for (const Sharing& other : windows_[number].sharing)
    if (token.token % kSevenths == other.token % kSevenths)
      likelihoods_[other.window] += likelihood(token.token == other.token ? other.id : token.id);
}

double PllPlan::Score(size_t allele) const {
  const auto found = differences_.find(allele);
  if (found == differences_.end()) return VariantScores::kNone;
  double sum = 0;
  for (const auto& [alternative, reference] : found->second) sum += likelihoods_[alternative] - likelihoods_[reference];
  return sum / static_cast<double>(found->second.size());
}

}  // namespace agront::inference
