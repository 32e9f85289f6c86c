// SPDX-License-Identifier: Apache-2.0
#include "data/corpus/masking.h"

#include <cmath>

#include "base/error.h"
#include "tokenizer/vocabulary.h"

namespace agront::data {
namespace {

float LossWeight(const tokenizer::TokenizedBases& tokens, size_t token, const std::vector<uint8_t>& repeats,
                 double repeat_weight) {
  if (repeats.empty()) return 1;
  int in_repeat = 0;
  for (int64_t base = tokens.begin[token]; base < tokens.end[token]; ++base)
    in_repeat += repeats[static_cast<size_t>(base)];
  const auto length = static_cast<double>(tokens.end[token] - tokens.begin[token]);
  return static_cast<float>(1 + (repeat_weight - 1) * in_repeat / length);
}

}  // namespace

void CheckMasking(const MaskingOptions& options) {
  // Written so that what is not a number is refused, too.
  if (!(options.chosen > 0 && options.chosen <= 1))
    FailUsage("masking: share of tokens in the loss: expected more than 0 and at most 1, got {}", options.chosen);
  if (!(options.masked >= 0 && options.random >= 0 && options.masked + options.random <= 1 + 1e-12))
    FailUsage(
        "masking: shares of <mask> and of random tokens: expected 0 or more and at most 1 together, got {} and {}",
        options.masked, options.random);
  if (!(std::isfinite(options.repeat_weight) && options.repeat_weight >= 0))
    FailUsage("repeat-weight: expected 0 or more, got {}", options.repeat_weight);
}

void MaskedBatch::Clear() {
  input.Clear();
  positions.clear();
  targets.clear();
  is_mask.clear();
  weights.clear();
  species.clear();
}

void AddMasked(const tokenizer::TokenizedBases& tokens, const std::vector<uint8_t>& repeats,
               const MaskingOptions& options, const Philox& random, MaskedBatch& batch) {
  const size_t first = batch.input.tokens.size();
  batch.input.Add(tokens.ids);
  Philox of_token = random;
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (!tokenizer::IsKmer(tokens.ids[i])) continue;
    of_token.counter[3] = static_cast<uint32_t>(i);
    const auto words = of_token();
    if (UnitInterval(words[0]) >= options.chosen) continue;
    int32_t& shown = batch.input.tokens[first + i];
    const double fate = UnitInterval(words[1]);
    if (fate < options.masked)
      shown = tokenizer::kMaskId;
    else if (fate < options.masked + options.random)
      shown = options.random_kmers
                  ? tokenizer::kFirstKmerId + static_cast<int32_t>(Below(tokenizer::kNumKmers, words[2]))
                  : static_cast<int32_t>(Below(tokenizer::kVocabularySize, words[2]));
    batch.positions.push_back(static_cast<int64_t>(first + i));
    batch.targets.push_back(tokens.ids[i]);
    batch.is_mask.push_back(shown == tokenizer::kMaskId ? 1 : 0);
    batch.weights.push_back(LossWeight(tokens, i, repeats, options.repeat_weight));
  }
}

}  // namespace agront::data
