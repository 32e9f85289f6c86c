// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <nlohmann/json.hpp>

#include "agront/evaluate.h"
#include "base/error.h"
#include "base/output_file.h"
#include "data/corpus/masking.h"
#include "inference/masked_model.h"
#include "inference/session.h"
#include "ops/cross_entropy/cross_entropy.h"

namespace agront {
namespace {

/// Sums over hidden 6-mers.
struct Quality {
  double loss = 0;
  int64_t hidden = 0;
  int64_t correct = 0;
};

/// Hides 6-mers of entries and sums up how well they were predicted.
class Evaluator {
 public:
  Evaluator(const EvaluateOptions& options, inference::Engine& engine)
      : options_(options),
        model_(engine, options.job.batch_tokens,
               [this](std::span<const inference::MaskedToken> tokens, tensor::MatrixView logits) {
                 Score(tokens, logits);
               }) {}

  void Add(const data::Entry& entry) {
    const std::vector<int32_t>& ids = entry.tokens.ids;
    model_.Add(ids, options_.every ? inference::SeventhsOf(inference::SixmersOf(ids)) : Drawn(entry));
  }

  const Quality& Finish() {
    model_.Flush();
    return quality_;
  }

 private:
  /// As pretraining draws them.
  inference::MaskedPasses Drawn(const data::Entry& entry) {
    const data::MaskingOptions masking{.chosen = options_.masking_ratio, .masked = 1, .random = 0};
    const auto number = static_cast<uint64_t>(num_entries_++);
    data::MaskedBatch drawn;
    data::AddMasked(entry.tokens, {}, masking,
                    {.key = {static_cast<uint32_t>(options_.seed), static_cast<uint32_t>(options_.seed >> 32)},
                     .counter = {static_cast<uint32_t>(number), static_cast<uint32_t>(number >> 32)}},
                    drawn);
    if (drawn.positions.empty()) return {};
    return {{drawn.positions.begin(), drawn.positions.end()}};
  }

  void Score(std::span<const inference::MaskedToken> tokens, tensor::MatrixView logits) {
    std::vector<int32_t> truth;
    for (const inference::MaskedToken& masked : tokens) truth.push_back(masked.id);
    const std::vector<float> weights(truth.size(), 1.0f);
    losses_.resize(truth.size());
    predicted_.resize(truth.size());
    ops::CrossEntropyForward(logits, {truth, weights}, {losses_, predicted_});
    for (size_t i = 0; i < truth.size(); ++i) {
      quality_.loss += losses_[i];
      quality_.correct += predicted_[i] == truth[i];
    }
    quality_.hidden += static_cast<int64_t>(truth.size());
  }

  const EvaluateOptions& options_;
  inference::MaskedModel model_;
  int64_t num_entries_ = 0;
  std::vector<float> losses_;
  std::vector<int32_t> predicted_;
  Quality quality_;
};

std::string Describe(const Quality& quality, const inference::Provenance& provenance, bool as_json) {
  const auto hidden = static_cast<double>(quality.hidden);
  const double loss = quality.loss / hidden;
  const double accuracy = static_cast<double>(quality.correct) / hidden;
  if (as_json) {
    nlohmann::ordered_json json = {
        {"loss", loss}, {"perplexity", std::exp(loss)}, {"accuracy", accuracy}, {"hidden", quality.hidden}};
    for (const auto& [key, text] : provenance) json["provenance"][key] = text;
    return json.dump(2) + "\n";
  }
  return inference::TableLines(provenance) +
         fmt::format("loss: {:.6f}\nperplexity: {:.4f}\naccuracy: {:.6f}\nhidden: {}\n", loss, std::exp(loss), accuracy,
                     quality.hidden);
}

}  // namespace

void EvaluateMaskedModel(const EvaluateOptions& options) {
  data::CheckMasking({.chosen = options.masking_ratio});
  if (options.every && options.input.overlap > 0)
    FailUsage("--every: expected no --overlap, whose 6-mers would count twice, got {}", options.input.overlap);
  inference::Session session(options.job, options.input);
  Evaluator evaluator(options, session.engine());
  session.ForEachBatch(
      "evaluating",
      [&](const auto& packed, auto& /*output*/) {
        for (const data::Entry& entry : packed.entries) evaluator.Add(entry);
      },
      [](const auto& /*packed*/, const auto& /*output*/) {});
  const Quality& quality = evaluator.Finish();
  if (quality.hidden == 0) Fail("{}: expected 6-mers to mask, got none", data::InputName(options.input));
  OutputFile output(options.job.output, options.job.force);
  output.Write(Describe(quality, session.provenance(), options.json));
  output.Commit();
}

}  // namespace agront
