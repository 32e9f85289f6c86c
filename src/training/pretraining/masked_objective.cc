// SPDX-License-Identifier: Apache-2.0
#include "training/pretraining/masked_objective.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "base/error.h"
#include "training/pretraining/mask_quality.h"

namespace agront::training {
namespace {

/// UpdateSums::own.
std::vector<double> SumsOf(const MaskQuality& quality) { return {quality.loss_sum, quality.count, quality.correct}; }
MaskQuality MaskQualityOf(const UpdateSums& sums) { return {sums.own[0], sums.own[1], sums.own[2]}; }

nlohmann::ordered_json DescribeQuality(const MaskQuality& quality) {
  return {{"loss", quality.loss()},
          {"perplexity", quality.perplexity()},
          {"accuracy", quality.accuracy()},
          {"masks", quality.count}};
}

nlohmann::ordered_json DescribeValidation(const Validation& validation, int64_t step, const data::Corpus& corpus) {
  nlohmann::ordered_json line = {{"step", step}};
  line.update(DescribeQuality(validation.all));
  for (size_t i = 0; i < validation.by_species.size(); ++i)
    if (validation.by_species[i].count > 0)
      line["species"][corpus.species_name(static_cast<int>(i))] = DescribeQuality(validation.by_species[i]);
  return line;
}

}  // namespace

MaskedObjective::MaskedObjective(model::TrainableAgroNT& model, const data::BatchSampler& sampler,
                                 const MaskedBatches& batches, const MaskedValidation* validation, RunFacts facts,
                                 ranks::Communicator& ranks, Reporter& reporter)
    : model_(model),
      sampler_(sampler),
      batches_(batches),
      validation_(validation),
      facts_(std::move(facts)),
      ranks_(ranks),
      reporter_(reporter) {}

UpdateSums MaskedObjective::AddGradients(int64_t number, const model::GradientsReady& ready) {
  UpdateSums sums;
  MaskQuality quality;
  const int64_t begin = batches_.windows * ranks_.rank() / ranks_.size();
  const int64_t end = batches_.windows * (ranks_.rank() + 1) / ranks_.size();
  for (int64_t first = begin; first < end; first += batches_.micro_batch) {
    const int64_t last = std::min(end, first + batches_.micro_batch);
    sampler_.Sample(number - 1, first, last, masked_);
    batch_ = LossOf(masked_);
    model_.AddGradients(batch_, output_, last == end ? ready : model::GradientsReady());
    sums.loss += output_.loss;
    for (const float weight : batch_.weights) sums.weight += static_cast<double>(weight);
    ForEachMask(masked_, output_, [&](int64_t /*row*/, float loss, bool is_correct) { quality.Add(loss, is_correct); });
    sums.tokens += static_cast<double>(batch_.batch.tokens.size());
  }
  sums.own = SumsOf(quality);
  return sums;
}

void MaskedObjective::CheckWeight(int64_t number, const UpdateSums& sums) const {
  Fail("step {}: no 6-mer of its {} tokens is in the loss; a larger --masking-ratio or --batch-tokens helps", number,
       sums.tokens);
}

void MaskedObjective::Describe(const UpdateSums& sums, nlohmann::ordered_json& line) const {
  const MaskQuality quality = MaskQualityOf(sums);
  line["mask_loss"] = quality.loss();
  line["mask_accuracy"] = quality.accuracy();
}

bool MaskedObjective::IsValidationDue(int64_t step) const {
  return validation_ != nullptr && (step % validation_->every == 0 || step == validation_->steps);
}

bool MaskedObjective::Validate(int64_t step, double step_seconds, RunLog& log) {
  const std::optional<Validation> done =
      training::Validate(model_, validation_->sampler, validation_->corpus.num_species(), validation_->windows,
                         batches_.micro_batch, ranks_, [&] { return reporter_.ShouldStop(); });
  if (!done) return false;
  if (ranks_.rank() == 0) {
    log.AddValidation(DescribeValidation(*done, step, validation_->corpus));
    validation_->show(*done, step, step_seconds);
  }
  return true;
}

void MaskedObjective::WriteCheckpoint(const std::string& folder, const RunProgress& progress, Optimizer& optimizer) {
  training::WriteCheckpoint(folder, {progress, facts_.corpus_hash, facts_.computation}, model_.parameters(), optimizer,
                            facts_.metadata, ranks_);
}

RunProgress MaskedObjective::ReadCheckpoint(const std::string& folder, int64_t step, Optimizer& optimizer) {
  const RunState state = training::ReadCheckpoint(folder, step, model_.parameters(), optimizer);
  if (state.corpus_hash != facts_.corpus_hash)
    Fail("{}: expected the corpus that the run began with ({}), got another one ({})", facts_.corpus, state.corpus_hash,
         facts_.corpus_hash);
  if (facts_.was_finished) return state.progress;
  reporter_.Note("going on from " + folder);
  const std::string was = state.computation.Rounding(facts_.products),
                    is = facts_.computation.Rounding(facts_.products);
  if (state.computation.ranks > 0 && was != is)
    reporter_.Note(
        fmt::format("computed with {} until now, from here on with {}: the numbers are those of an uninterrupted run "
                    "within rounding, not bit for bit",
                    was, is));
  return state.progress;
}

}  // namespace agront::training
