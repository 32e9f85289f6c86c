// SPDX-License-Identifier: Apache-2.0
#include "inference/sixmer_plan.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "genome/nucleotide.h"
#include "inference/sixmer_odds.h"
#include "tokenizer/vocabulary.h"

namespace agront::inference {

void SixmerPlan::Mean::Add(double value) {
  sum += value;
  ++count;
}

double SixmerPlan::Mean::value() const { return count == 0 ? VariantScores::kNone : sum / static_cast<double>(count); }

void SixmerPlan::Add(size_t allele, const std::string& sequence, const genome::Change& change) {
  const std::vector<int64_t> places = data::PlacesOf(genome_, sequence, change);
  const std::optional<int64_t> the_place = data::PlaceOf(places, change);
  for (const int64_t place : places) {
    if (!options_.all_places && place != *the_place) continue;
    Term term{.allele = allele,
              .token = 0,
              .reference = genome_.Fetch(sequence, place, place + tokenizer::kKmerLength),
              .alternative = {},
              .is_the_place = place == *the_place};
    term.alternative = term.reference;
    term.alternative.replace(static_cast<size_t>(change.start - place), change.alternative.size(), change.alternative);
    AddPlace(sequence, place, std::move(term));
  }
}

void SixmerPlan::AddPlace(const std::string& sequence, int64_t place, Term term) {
  const int64_t length = genome_.Length(sequence);
  Pass pass{.sequence = sequence, .reverse = false, .window = {}, .masked = 0};
  if (options_.shared_masks) {
    pass.window = data::SharedWindow(place, length, options_.sixmers);
    pass.masked = data::NumberOfSixmer(place) % static_cast<int64_t>(kSevenths);
  } else {
    pass.window = data::WindowAround(place, length, options_.sixmers);
    pass.masked = place;
  }
  for (const bool reverse : {false, true}) {
    pass.reverse = reverse;
    term.token = pass.window.TokenAt(place, reverse);
    if (reverse) genome::ReverseComplement(term.reference);
    if (reverse) genome::ReverseComplement(term.alternative);
    const auto [found, is_new] = numbers_.try_emplace(pass, passes_.size());
    if (is_new) passes_.push_back(&found->first);
    if (is_new) terms_.emplace_back();
    terms_[found->second].push_back(term);
  }
}

void SixmerPlan::Pack(size_t number, MaskedModel& model) const {
  const Pass& pass = *passes_[number];
  const std::vector<int32_t> ids = data::TokensOf({genome_, pass.sequence, pass.reverse}, pass.window);
  if (!options_.shared_masks) return model.Add(ids, {{pass.window.TokenAt(pass.masked, pass.reverse)}});
  const auto sevenths = static_cast<int64_t>(kSevenths);
  std::vector<size_t> masked;
  for (int64_t place = pass.window.start; place < pass.window.end; place += tokenizer::kKmerLength) {
    const size_t token = pass.window.TokenAt(place, pass.reverse);
    if (data::NumberOfSixmer(place) % sevenths == pass.masked && tokenizer::IsKmer(ids[token])) masked.push_back(token);
  }
  std::ranges::sort(masked);
  model.Add(ids, {masked});
}

void SixmerPlan::Use(size_t number, size_t token, std::span<const float> logits) {
  for (const Term& term : terms_[number])
    if (term.token == token) AddTerm(term, logits);
}

void SixmerPlan::AddTerm(const Term& term, std::span<const float> logits) {
  Means& means = means_[term.allele];
  if (options_.llr) {
    const double ratio = LogRatio(logits, term.alternative, term.reference);
    if (term.is_the_place) means.llr.Add(ratio);
    if (options_.all_places) means.llr_f6.Add(ratio);
  }
  if (options_.marginal) {
    const double ratio = MarginalLogRatio(logits, term.alternative, term.reference);
    if (term.is_the_place) means.marginal.Add(ratio);
    if (options_.all_places) means.marginal_f6.Add(ratio);
  }
}

void SixmerPlan::Store(size_t allele, VariantScores& scores) const {
  const auto found = means_.find(allele);
  if (found == means_.end()) return;
  const Means& means = found->second;
  scores.llr = means.llr.value();
  scores.llr_f6 = means.llr_f6.value();
  scores.marginal = means.marginal.value();
  scores.marginal_f6 = means.marginal_f6.value();
}

}  // namespace agront::inference
