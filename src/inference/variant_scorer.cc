// SPDX-License-Identifier: Apache-2.0
#include "inference/variant_scorer.h"

#include <cmath>
#include <utility>

#include "inference/indel_null.h"
#include "inference/masked_model.h"
#include "inference/pll_plan.h"
#include "inference/sixmer_plan.h"
#include "tokenizer/vocabulary.h"

namespace agront::inference {
namespace {

VariantScores Unchanged(const VariantScoreOptions& options) {
  VariantScores scores;
  if (options.llr) scores.llr = 0;
  if (options.llr && options.all_places) scores.llr_f6 = 0;
  if (options.marginal) scores.marginal = 0;
  if (options.marginal && options.all_places) scores.marginal_f6 = 0;
  if (options.pll) scores.pll = 0;
  return scores;
}

}  // namespace

/// What was added since the last Run.
struct VariantScorer::Plan {
  Plan(data::GenomeBases& genome, const VariantScoreOptions& options)
      : sixmers(genome, options), pll(genome, options) {}

  std::vector<genome::Change> changes;
  SixmerPlan sixmers;
  PllPlan pll;
};

VariantScorer::VariantScorer(Engine& engine, data::GenomeBases& genome, const VariantScoreOptions& options)
    : engine_(engine), genome_(genome), options_(options), plan_(std::make_unique<Plan>(genome_, options_)) {
  engine_.ExpectLanguageModel();
  if (options_.pll && options_.indel_null > 0) null_ = std::make_unique<IndelNull>(engine_, genome_, options_);
}

VariantScorer::~VariantScorer() = default;

size_t VariantScorer::Add(const std::string& sequence, const genome::Change& change) {
  const size_t allele = plan_->changes.size();
  plan_->changes.push_back(change);
  if (change.changes_nothing()) return allele;
  if ((options_.llr || options_.marginal) && change.is_substitution() &&
      change.end - change.start <= tokenizer::kKmerLength)
    plan_->sixmers.Add(allele, sequence, change);
  if (options_.pll) plan_->pll.Add(allele, sequence, change);
  return allele;
}

std::vector<VariantScores> VariantScorer::Run(const std::function<void(double share)>& after_window) {
  const std::unique_ptr<Plan> plan = std::exchange(plan_, std::make_unique<Plan>(genome_, options_));
  RunPlan(*plan, after_window);
  std::vector<VariantScores> scores(plan->changes.size());
  for (size_t i = 0; i < scores.size(); ++i) {
    const genome::Change& change = plan->changes[i];
    if (change.changes_nothing()) {
      scores[i] = Unchanged(options_);
      continue;
    }
    plan->sixmers.Store(i, scores[i]);
    scores[i].pll = plan->pll.Score(i);
    if (null_ && !change.is_substitution() && !std::isnan(scores[i].pll))
      SubtractNull(change, scores[i].pll, after_window);
  }
  return scores;
}

void VariantScorer::RunPlan(Plan& plan, const std::function<void(double share)>& after_window) {
  // A masked token belongs to what was added to the model when it was its turn: passes of 6-mers, then windows of pll.
  const size_t sixmers = plan.sixmers.passes(), all = sixmers + plan.pll.windows();
  MaskedModel model(engine_, options_.batch_tokens,
                    [&](std::span<const MaskedToken> masked, tensor::MatrixView logits) {
                      for (size_t i = 0; i < masked.size(); ++i) {
                        const auto number = static_cast<size_t>(masked[i].sequence);
                        const std::span<float> row = logits.row(static_cast<int64_t>(i));
                        if (number < sixmers)
                          plan.sixmers.Use(number, masked[i].token, row);
                        else
                          plan.pll.Use(number - sixmers, masked[i], row);
                      }
                    });
  for (size_t i = 0; i < all; ++i) {
    if (i < sixmers) plan.sixmers.Pack(i, model);
    passes_ += i < sixmers ? 1 : plan.pll.Pack(i - sixmers, model);
    after_window(static_cast<double>(i + 1) / static_cast<double>(all));
  }
  model.Flush();
  tokens_ += model.tokens();
}

void VariantScorer::SubtractNull(const genome::Change& change, double& pll,
                                 const std::function<void(double share)>& after_window) {
  pll -= null_->Mean(change.end - change.start, static_cast<int64_t>(change.alternative.size()),
                     [&](double /*of the random ones*/) { after_window(1); });
}

int64_t VariantScorer::passes() const { return passes_ + (null_ ? null_->scorer().passes() : 0); }
int64_t VariantScorer::tokens() const { return tokens_ + (null_ ? null_->scorer().tokens() : 0); }

}  // namespace agront::inference
