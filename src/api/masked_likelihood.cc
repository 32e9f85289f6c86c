// SPDX-License-Identifier: Apache-2.0
#include "agront/masked_likelihood.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

#include "api/model_access.h"
#include "base/error.h"
#include "base/parallel.h"
#include "base/progress.h"
#include "base/reporter.h"
#include "data/source_reader.h"
#include "inference/base_probabilities.h"
#include "inference/entries.h"
#include "inference/log_softmax.h"
#include "inference/masked_model.h"
#include "inference/session.h"
#include "inference/start.h"
#include "tokenizer/vocabulary.h"

namespace agront {
namespace {

inference::MaskedPasses PassesOf(Masking masking, std::span<const size_t> tokens) {
  return masking == Masking::kAlone ? inference::EachAlone(tokens) : inference::SeventhsOf(tokens);
}

/// The tokens to mask, checked, in the order of the sequence.
std::vector<size_t> CheckedTokens(const Tokens& sequence, std::span<const int64_t> indices) {
  std::vector<size_t> tokens;
  for (const int64_t index : indices) {
    if (index < 0 || index >= static_cast<int64_t>(sequence.ids.size()))
      FailUsage("token {}: the sequence has tokens 0 to {}", index, sequence.ids.size() - 1);
    const int32_t id = sequence.ids[static_cast<size_t>(index)];
    if (!tokenizer::IsKmer(id) && id != kMaskTokenId)
      FailUsage("token {}: expected a full 6-mer or a mask, got {}", index, tokenizer::TokenText(id));
    tokens.push_back(static_cast<size_t>(index));
  }
  std::ranges::sort(tokens);
  if (const auto twice = std::ranges::adjacent_find(tokens); twice != tokens.end())
    FailUsage("token {}: expected once, got it twice", *twice);
  return tokens;
}

}  // namespace

MaskedLikelihood::MaskedLikelihood(Model model, MaskedLikelihoodOptions options)
    : model_(std::move(model)), options_(options) {
  inference::CheckBatchTokens(options_.batch_tokens);
  ModelAccess::EngineOf(model_).ExpectLanguageModel();
}

std::vector<int64_t> MaskedLikelihood::SixmersOf(const Tokens& sequence) {
  const std::vector<size_t> tokens = inference::SixmersOf(sequence.ids);
  return {tokens.begin(), tokens.end()};
}

Values MaskedLikelihood::LogProbabilities(const Tokens& sequence, std::span<const int64_t> indices,
                                          Reporter* reporter) const {
  const std::vector<size_t> tokens = CheckedTokens(sequence, indices);
  std::vector<int64_t> row_of(sequence.ids.size());
  for (size_t i = 0; i < indices.size(); ++i) row_of[static_cast<size_t>(indices[i])] = static_cast<int64_t>(i);
  Values values{.rows = static_cast<int64_t>(indices.size()), .cols = kVocabularySize, .data = {}};
  values.data.resize(static_cast<size_t>(values.rows * values.cols));
  const ThreadsOfCall threads = ModelAccess::ThreadsOf(model_);
  Progress progress(OrSilent(reporter), "masking 6-mers", "6-mers");
  int64_t done = 0;
  inference::MaskedModel model(ModelAccess::EngineOf(model_), options_.batch_tokens,
                               [&](const auto& masked, tensor::MatrixView logits) {
                                 inference::LogSoftmax(logits);
                                 for (size_t i = 0; i < masked.size(); ++i)
                                   std::ranges::copy(logits.row(static_cast<int64_t>(i)),
                                                     values.data.begin() + row_of[masked[i].token] * values.cols);
                                 done += static_cast<int64_t>(masked.size());
                                 progress.Update(done, static_cast<double>(done) / static_cast<double>(indices.size()));
                               });
  model.Add(sequence.ids, PassesOf(options_.masking, tokens));
  model.Flush();
  return values;
}

std::vector<double> MaskedLikelihood::PseudoLogLikelihoods(std::span<const std::string> sequences,
                                                           Reporter* reporter) const {
  inference::Engine& engine = ModelAccess::EngineOf(model_);
  const ThreadsOfCall threads = ModelAccess::ThreadsOf(model_);
  std::vector<double> sums(sequences.size());
  std::vector<int64_t> record_of;  // of each window, in the order of their passes
  inference::MaskedModel model(engine, options_.batch_tokens, [&](const auto& masked, tensor::MatrixView logits) {
    inference::LogSoftmax(logits);
    for (size_t i = 0; i < masked.size(); ++i)
      sums[static_cast<size_t>(record_of[static_cast<size_t>(masked[i].sequence)])] +=
          static_cast<double>(logits.row(static_cast<int64_t>(i))[static_cast<size_t>(masked[i].id)]);
  });
  const auto batches = std::make_shared<inference::EntryBatches>(
      data::EntryReader(std::make_unique<data::SourceReader>(sequences), engine.shape().max_tokens(), 0),
      options_.batch_tokens);
  struct Nothing {};
  inference::RunBatches<Nothing>(
      engine, batches,
      {.label = "scoring",
       .batch_tokens = options_.batch_tokens,
       .reporter = OrSilent(reporter),
       .waits_for_reading = true},
      [&](const data::EntryBatch& packed, Nothing& /*made by the passes*/) {
        for (const data::Entry& entry : packed.entries) {
          record_of.push_back(entry.record);
          model.Add(entry.tokens.ids, PassesOf(options_.masking, inference::SixmersOf(entry.tokens.ids)));
        }
      },
      [](const data::EntryBatch& /*packed*/, const Nothing& /*result*/) {});
  model.Flush();
  return sums;
}

Values BaseMarginals(const Values& log_probabilities) {
  if (log_probabilities.cols != kVocabularySize)
    Fail("base marginals: expected {} columns, got {}", kVocabularySize, log_probabilities.cols);
  constexpr int64_t kBases = 4;
  Values marginals{.rows = tokenizer::kKmerLength * log_probabilities.rows, .cols = kBases, .data = {}};
  for (int64_t row = 0; row < log_probabilities.rows; ++row) {
    std::vector<float> probabilities;
    for (const float log_probability : log_probabilities.row(row)) probabilities.push_back(std::exp(log_probability));
    for (const auto& position : inference::BaseProbabilities(probabilities))
      for (const double probability : position) marginals.data.push_back(static_cast<float>(probability));
  }
  return marginals;
}

}  // namespace agront
