// SPDX-License-Identifier: Apache-2.0
#include "inference/sixmer_odds.h"

#include <algorithm>
#include <cmath>

#include "tokenizer/vocabulary.h"

namespace agront::inference {

double LogRatio(std::span<const float> logits, std::string_view alternative, std::string_view reference) {
  const auto logit = [&](std::string_view sixmer) {
    return static_cast<double>(logits[static_cast<size_t>(tokenizer::KmerId(sixmer.data()))]);
  };
  return logit(alternative) - logit(reference);
}

double MarginalLogRatio(std::span<const float> logits, std::string_view alternative, std::string_view reference) {
  // A 6-mer's number has two bits a base, the first base highest.
  constexpr uint32_t kBaseBits = 3;
  const auto number = [](std::string_view sixmer) {
    return static_cast<uint32_t>(tokenizer::KmerId(sixmer.data()) - tokenizer::kFirstKmerId);
  };
  uint32_t mask = 0;
  for (size_t i = 0; i < reference.size(); ++i) mask = mask << 2 | (alternative[i] == reference[i] ? 0 : kBaseBits);
  const std::span<const float> sixmers = logits.subspan(tokenizer::kFirstKmerId, tokenizer::kNumKmers);
  const double most = *std::ranges::max_element(sixmers);
  const auto log_sum = [&](uint32_t wanted) {
    double sum = 0;
    for (uint32_t i = 0; i < sixmers.size(); ++i)
      if ((i & mask) == (wanted & mask)) sum += std::exp(static_cast<double>(sixmers[i]) - most);
    return std::log(sum);
  };
  return log_sum(number(alternative)) - log_sum(number(reference));
}

}  // namespace agront::inference
