// SPDX-License-Identifier: Apache-2.0
#include "tasks/info/known_answer.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/error.h"
#include "inference/engine.h"
#include "ops/softmax/softmax.h"
#include "tokenizer/kmer_tokenizer.h"
#include "tokenizer/vocabulary.h"

namespace agront::tasks {
namespace {

constexpr int64_t kPublishedParameters = 991'260'405;
constexpr std::string_view kSequence = "ATTCCGAAATCGCTGACCGATCGTACGAAA";
constexpr int64_t kToken = 2;  // <cls>, ATTCCG, then the 6-mer in question

struct Answer {
  std::string_view kmer;
  double percent;
};
constexpr std::array<Answer, 5> kAnswers = {
    {{"AAATCG", 33.32}, {"AAATCA", 25.44}, {"AAATCT", 2.57}, {"CACTGA", 2.14}, {"AAATCC", 1.49}}};

// The notebook prints two decimals, and its LayerNorm epsilon differs from Hugging Face's.
constexpr double kTolerancePercent = 0.05;

}  // namespace

std::string CheckKnownAnswer(const model::Checkpoint& checkpoint) {
  if (model::CountValues(checkpoint.shape()) != kPublishedParameters || !checkpoint.HasLanguageModelHead())
    return "not run: only the published shape of 991,260,405 parameters has one";
  inference::Engine engine({.model = checkpoint.path(), .adapter = "", .precision = Precision::kFp32, .device = ""});
  tokenizer::TokenizedBases tokens;
  tokenizer::Encode(kSequence, checkpoint.shape().max_tokens(), tokens);
  Batch batch;
  batch.Add(tokens.ids);
  model::ForwardOutput output;
  engine.Forward(batch, {.logit_rows = {kToken}}, output);
  ops::SoftmaxForward(output.logits.view(), output.logits.view());

  const auto probabilities = output.logits.row(0);
  const auto best = static_cast<int32_t>(std::ranges::max_element(probabilities) - probabilities.begin());
  if (best != *tokenizer::TokenId(kAnswers[0].kmer))
    return fmt::format("not the published weights: {} comes first where they have {}", tokenizer::TokenText(best),
                       kAnswers[0].kmer);
  std::string found;
  for (const auto& [kmer, percent] : kAnswers) {
    const double got = 100.0 * static_cast<double>(probabilities[*tokenizer::TokenId(kmer)]);
    if (!(std::abs(got - percent) <= kTolerancePercent))
      Fail("{}: known answer of the published model: expected {} at {:.2f} %, got {:.2f} %", checkpoint.path(), kmer,
           percent, got);
    found += fmt::format("{}{} {:.2f} %", found.empty() ? "" : ", ", kmer, got);
  }
  return found + " as published";
}

}  // namespace agront::tasks
