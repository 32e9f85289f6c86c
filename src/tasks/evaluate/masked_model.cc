// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <nlohmann/json.hpp>

#include "agront/evaluate.h"
#include "base/error.h"
#include "base/output_file.h"
#include "data/corpus/masking.h"
#include "inference/session.h"
#include "ops/cross_entropy/cross_entropy.h"
#include "tokenizer/vocabulary.h"

namespace agront {
namespace {

// Far enough apart that a hidden 6-mer sees its neighbours: about the share of 6-mers hidden in pretraining.
constexpr size_t kPasses = 7;

/// Sums over hidden 6-mers.
struct Quality {
  double loss = 0;
  int64_t hidden = 0;
  int64_t correct = 0;
};

/// Runs a batch with some 6-mers hidden.
class Evaluator {
 public:
  Evaluator(const EvaluateOptions& options, inference::Session& session) : options_(options), session_(session) {}

  void Add(const data::EntryBatch& packed, model::ForwardOutput& output) {
    if (!options_.every) {
      Run(Hide(packed), output);
      return;
    }
    for (size_t pass = 0; pass < kPasses; ++pass) Run(HideSeventh(packed, pass), output);
  }

  const Quality& quality() const { return quality_; }

 private:
  data::MaskedBatch Hide(const data::EntryBatch& packed) {
    const data::MaskingOptions masking{.chosen = options_.masking_ratio, .masked = 1, .random = 0};
    data::MaskedBatch hidden;
    for (const data::Entry& entry : packed.entries) {
      const auto number = static_cast<uint64_t>(num_entries_++);
      data::AddMasked(entry.tokens, {}, masking,
                      {.key = {static_cast<uint32_t>(options_.seed), static_cast<uint32_t>(options_.seed >> 32)},
                       .counter = {static_cast<uint32_t>(number), static_cast<uint32_t>(number >> 32)}},
                      hidden);
    }
    return hidden;
  }

  static data::MaskedBatch HideSeventh(const data::EntryBatch& packed, size_t pass) {
    data::MaskedBatch hidden;
    for (const data::Entry& entry : packed.entries) {
      const size_t first = hidden.input.tokens.size();
      hidden.input.Add(entry.tokens.ids);
      for (size_t i = 0; i < entry.tokens.size(); ++i) {
        if (i % kPasses != pass || !tokenizer::IsKmer(entry.tokens.ids[i])) continue;
        hidden.positions.push_back(static_cast<int64_t>(first + i));
        hidden.targets.push_back(entry.tokens.ids[i]);
        hidden.weights.push_back(1);
        hidden.input.tokens[first + i] = tokenizer::kMaskId;
      }
    }
    return hidden;
  }

  void Run(const data::MaskedBatch& hidden, model::ForwardOutput& output) {
    if (hidden.positions.empty()) return;
    session_.model().Forward(hidden.input, {.logit_rows = hidden.positions}, output);
    losses_.resize(hidden.positions.size());
    predicted_.resize(hidden.positions.size());
    ops::CrossEntropyForward(output.logits.view(), {hidden.targets, hidden.weights}, {losses_, predicted_});
    for (size_t i = 0; i < losses_.size(); ++i) {
      quality_.loss += losses_[i];
      quality_.correct += predicted_[i] == hidden.targets[i];
    }
    quality_.hidden += static_cast<int64_t>(losses_.size());
  }

  const EvaluateOptions& options_;
  inference::Session& session_;
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
  session.ExpectLanguageModel();
  Evaluator evaluator(options, session);
  session.ForEachBatch(
      "evaluating", [&](const auto& packed, auto& output) { evaluator.Add(packed, output); },
      [](const auto& /*packed*/, const auto& /*output*/) {});
  if (evaluator.quality().hidden == 0) Fail("{}: expected 6-mers to hide, got none", data::InputName(options.input));
  OutputFile output(options.job.output, options.job.force);
  output.Write(Describe(evaluator.quality(), session.provenance(), options.json));
  output.Commit();
}

}  // namespace agront
