// SPDX-License-Identifier: Apache-2.0
#include "tasks/info/precision_cost.h"

#include <algorithm>
#include <functional>

#include "base/error.h"
#include "base/progress.h"
#include "base/reporter.h"
#include "data/entry_reader.h"
#include "inference/session.h"
#include "model/agront.h"
#include "ops/cross_entropy/cross_entropy.h"
#include "tasks/embed/pooling.h"
#include "tasks/info/agreement.h"
#include "tasks/unmask/passes.h"
#include "tensor/precision.h"

namespace agront::tasks {
namespace {

void AddEmbeddings(const Batch& batch, const tensor::Matrix& hidden, Predictions& predictions) {
  for (int64_t s = 0; s < batch.sequences(); ++s)
    PoolEntry(Pooling::kMean, hidden.view(), batch.offsets[s], batch.offsets[s + 1],
              predictions.embeddings.emplace_back(hidden.cols()));
}

/// `batch` with the 6-mers of one pass masked.
struct MaskedBatch {
  Batch batch;
  std::vector<int64_t> rows;   // of the masked 6-mers
  std::vector<int32_t> truth;  // what stood there
};

MaskedBatch Mask(const Batch& batch, size_t pass) {
  MaskedBatch masked{batch, {}, {}};
  for (int64_t s = 0; s < batch.sequences(); ++s) {
    const int64_t begin = batch.offsets[s];
    const auto count = static_cast<size_t>(batch.offsets[s + 1] - begin);
    for (const size_t i : MaskedInPass(std::span(batch.tokens).subspan(begin, count), pass)) {
      int32_t& token = masked.batch.tokens[begin + static_cast<int64_t>(i)];
      if (!tokenizer::IsKmer(token)) continue;
      masked.rows.push_back(begin + static_cast<int64_t>(i));
      masked.truth.push_back(token);
      token = tokenizer::kMaskId;
    }
  }
  return masked;
}

void AddMasked(const MaskedBatch& masked, const tensor::Matrix& logits, Predictions& predictions) {
  const size_t count = masked.rows.size();
  std::vector<float> losses(count);
  std::vector<int32_t> choices(count);
  ops::CrossEntropyForward(logits.view(), {masked.truth, std::vector<float>(count, 1.0f)}, {losses, choices});
  for (const float loss : losses) predictions.log_probabilities.push_back(-static_cast<double>(loss));
  predictions.choices.insert(predictions.choices.end(), choices.begin(), choices.end());
}

/// `tick` is called with the tokens of each forward pass.
Predictions Predict(model::AgroNT& model, const std::vector<Batch>& batches, const std::function<void(int64_t)>& tick) {
  Predictions predictions;
  model::ForwardOutput output;
  for (const Batch& batch : batches) {
    const auto tokens = static_cast<int64_t>(batch.tokens.size());
    model.Forward(batch, {.hidden = {{model.shape().layers}}}, output);
    AddEmbeddings(batch, output.hidden.front(), predictions);
    tick(tokens);
    for (size_t pass = 0; pass < kPasses; ++pass) {
      if (const MaskedBatch masked = Mask(batch, pass); !masked.rows.empty()) {
        model.Forward(masked.batch, {.logit_rows = masked.rows}, output);
        AddMasked(masked, output.logits, predictions);
      }
      tick(tokens);
    }
  }
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

std::string DescribePrecisionCost(model::Checkpoint& checkpoint, const WindowSample& sample,
                                  const std::vector<Precision>& precisions, const JobOptions& job) {
  int64_t all_tokens = 0;
  for (const Batch& batch : sample.batches) all_tokens += static_cast<int64_t>(batch.tokens.size());
  all_tokens *= static_cast<int64_t>((1 + kPasses) * (1 + precisions.size()));
  Progress progress(ReporterOf(job), "verifying", "tokens");
  int64_t done = 0;
  const auto predict = [&](Precision precision) {
    model::AgroNT model(checkpoint.shape(), checkpoint, precision);
    return Predict(model, sample.batches, [&](int64_t tokens) {
      done += tokens;
      progress.Update(done, static_cast<double>(done) / static_cast<double>(all_tokens));
    });
  };
  const Predictions exact = predict(Precision::kFp32);
  std::string text = fmt::format("precision.sample: {} {} of {} with a full 6-mer ({}), {} 6-mers masked once\n",
                                 sample.windows, sample.windows == 1 ? "window" : "windows", sample.input,
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
