// SPDX-License-Identifier: Apache-2.0
#include "tasks/info/precision_cost.h"

#include <algorithm>
#include <functional>

#include "base/error.h"
#include "base/progress.h"
#include "base/reporter.h"
#include "data/entry_reader.h"
#include "device/xla/open_device.h"
#include "inference/engine.h"
#include "inference/masked_model.h"
#include "inference/pooling.h"
#include "ops/cross_entropy/cross_entropy.h"
#include "tasks/info/agreement.h"
#include "tensor/precision.h"
#include "tokenizer/vocabulary.h"

namespace agront::tasks {
namespace {

void AddEmbeddings(const Batch& batch, const tensor::Matrix& hidden, Predictions& predictions) {
  for (int64_t s = 0; s < batch.sequences(); ++s)
    inference::PoolEntry(Pooling::kMean, hidden.view(), batch.offsets[s], batch.offsets[s + 1],
                         predictions.embeddings.emplace_back(hidden.cols()));
}

void AddMasked(std::span<const inference::MaskedToken> tokens, tensor::ConstMatrixView logits,
               Predictions& predictions) {
  std::vector<int32_t> truth;
  for (const inference::MaskedToken& masked : tokens) truth.push_back(masked.id);
  std::vector<float> losses(truth.size());
  std::vector<int32_t> choices(truth.size());
  ops::CrossEntropyForward(logits, {truth, std::vector<float>(truth.size(), 1.0f)}, {losses, choices});
  for (const float loss : losses) predictions.log_probabilities.push_back(-static_cast<double>(loss));
  predictions.choices.insert(predictions.choices.end(), choices.begin(), choices.end());
}

std::span<const int32_t> SequenceOf(const Batch& batch, int64_t s) {
  return std::span(batch.tokens)
      .subspan(static_cast<size_t>(batch.offsets[s]), static_cast<size_t>(batch.offsets[s + 1] - batch.offsets[s]));
}

inference::MaskedPasses PassesOf(std::span<const int32_t> ids) {
  return inference::SeventhsOf(inference::SixmersOf(ids));
}

/// Tokens of all passes: one without a mask, then those with masks.
int64_t TokensOf(const std::vector<Batch>& batches) {
  int64_t tokens = 0;
  for (const Batch& batch : batches)
    for (int64_t s = 0; s < batch.sequences(); ++s) {
      const auto ids = SequenceOf(batch, s);
      tokens += static_cast<int64_t>(ids.size() * (1 + PassesOf(ids).size()));
    }
  return tokens;
}

/// `tick` is called with the tokens of all forward passes so far.
Predictions Predict(inference::Engine& engine, const std::vector<Batch>& batches, int64_t batch_tokens,
                    const std::function<void(int64_t)>& tick) {
  Predictions predictions;
  model::ForwardOutput output;
  inference::MaskedModel masked(engine, batch_tokens, [&](const auto& tokens, tensor::MatrixView logits) {
    AddMasked(tokens, logits, predictions);
  });
  int64_t tokens = 0;
  for (const Batch& batch : batches) {
    engine.Forward(batch, {.hidden = {{engine.shape().layers}}}, output);
    AddEmbeddings(batch, output.hidden.front(), predictions);
    tokens += static_cast<int64_t>(batch.tokens.size());
    for (int64_t s = 0; s < batch.sequences(); ++s) {
      masked.Add(SequenceOf(batch, s), PassesOf(SequenceOf(batch, s)));
      tick(tokens + masked.tokens());
    }
  }
  masked.Flush();
  tick(tokens + masked.tokens());
  return predictions;
}

std::string Describe(const std::string& name, const Agreement& agreement) {
  return fmt::format(
      "{0}.least_cosine: {1:.6f}\n{0}.mean_cosine: {2:.6f}\n{0}.spearman: {3:.6f}\n{0}.same_first_choice: {4:.2f} %\n"
      "{0}.log_likelihood_change: {5:+.3f} %\n{0}.verdict: {6} the limits, a change of the masked log-likelihood of {7} "
      "% at most and a Spearman correlation of at least {8}\n",
      name, agreement.least_cosine, agreement.mean_cosine, agreement.spearman, 100 * agreement.same_choice,
      agreement.likelihood_change, IsWithinLimits(agreement) ? "within" : "NOT within", kMostLikelihoodChange,
      kLeastSpearman);
}

}  // namespace

WindowSample ReadSample(const InputOptions& input, int64_t most, int64_t max_tokens, int64_t batch_tokens) {
  data::EntryReader entries(data::OpenInput(input), max_tokens, input.overlap);
  WindowSample sample;
  sample.input = data::InputName(input);
  for (data::Entry entry; entries.Next(entry);) {
    const std::vector<int32_t>& ids = entry.tokens.ids;
    if (std::ranges::none_of(ids, tokenizer::IsKmer)) continue;
    if (sample.windows == most) {
      sample.has_more = true;
      break;
    }
    if (sample.batches.empty() || static_cast<int64_t>(sample.batches.back().tokens.size() + ids.size()) > batch_tokens)
      sample.batches.emplace_back();
    sample.batches.back().Add(ids);
    ++sample.windows;
  }
  if (sample.windows == 0) Fail("{}: expected a full 6-mer, got none", sample.input);
  return sample;
}

std::string DescribePrecisionCost(const model::Checkpoint& checkpoint, const WindowSample& sample,
                                  const std::vector<Precision>& precisions, const JobOptions& job) {
  const auto all_tokens = static_cast<double>(TokensOf(sample.batches)) * static_cast<double>(1 + precisions.size());
  Progress progress(ReporterOf(job), "verifying", "tokens");
  int64_t done = 0;
  std::string text;
  const auto predict = [&](Precision precision) {
    inference::Engine engine({.model = checkpoint.path(), .adapter = "", .precision = precision, .device = job.device});
    int64_t of_this = 0;
    const Predictions predictions = Predict(engine, sample.batches, job.batch_tokens, [&](int64_t tokens) {
      of_this = tokens;
      progress.Update(done + tokens, static_cast<double>(done + tokens) / all_tokens);
    });
    done += of_this;
    if (const device::xla::Device* device = engine.device(); device != nullptr && text.empty())
      text = fmt::format("device: {}\ndevice_plugin: {}\n", device->Describe(), device->client().plugin().name());
    return predictions;
  };
  const Predictions exact = predict(Precision::kFp32);
  text += fmt::format("precision.sample: {} {} of {} with a full 6-mer ({}), {} 6-mers masked once\n", sample.windows,
                      sample.windows == 1 ? "window" : "windows", sample.input,
                      sample.has_more ? "the first of more" : "all there are", exact.choices.size());
  if (const auto own = checkpoint.OwnPrecision(); own && own != Precision::kFp32)
    text += fmt::format("precision.note: the file has {} weights; fp32 is products of these, not of the original\n",
                        tensor::Name(*own));
  for (const Precision precision : precisions) {
    const Agreement agreement = Compare(exact, predict(precision));
    if (precision == precisions.front())
      text += fmt::format("fp32.log_likelihood: {:.4f} for each masked 6-mer, in nats\n", agreement.log_likelihood);
    text += Describe(tensor::Name(precision), agreement);
  }
  return text;
}

}  // namespace agront::tasks
