// SPDX-License-Identifier: Apache-2.0
#include "inference/base_probabilities.h"

#include "tokenizer/vocabulary.h"

namespace agront::inference {

std::array<std::array<double, 4>, 6> BaseProbabilities(std::span<const float> probabilities) {
  // The digits of a 6-mer's number are its bases in the vocabulary's order, A T C G.
  constexpr std::array<size_t, 4> kColumnOfDigit = {0, 3, 1, 2};
  std::array<std::array<double, 4>, 6> bases{};
  double all = 0;
  for (int number = 0; number < tokenizer::kNumKmers; ++number) {
    const double probability = probabilities[tokenizer::kFirstKmerId + number];
    all += probability;
    int rest = number;
    for (int position = tokenizer::kKmerLength - 1; position >= 0; --position, rest /= 4)
      bases[position][kColumnOfDigit[rest % 4]] += probability;
  }
  for (auto& position : bases)
    for (double& probability : position) probability /= all;
  return bases;
}

}  // namespace agront::inference
