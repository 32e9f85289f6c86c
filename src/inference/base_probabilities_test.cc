// SPDX-License-Identifier: Apache-2.0
#include "inference/base_probabilities.h"

#include <gtest/gtest.h>

#include <vector>

#include "tokenizer/vocabulary.h"

namespace agront::inference {
namespace {

TEST(BaseProbabilities, SumsTheSixMersWithABaseInAPlace) {
  std::vector<float> probabilities(tokenizer::kVocabularySize);
  probabilities[*tokenizer::TokenId("ACGTAC")] = 0.3f;
  probabilities[*tokenizer::TokenId("TCGTAC")] = 0.1f;
  probabilities[*tokenizer::TokenId("N")] = 0.6f;  // no 6-mer: left out of both sums
  const auto bases = BaseProbabilities(probabilities);
  EXPECT_NEAR(bases[0][0], 0.75, 1e-7);  // A
  EXPECT_NEAR(bases[0][3], 0.25, 1e-7);  // T
  EXPECT_NEAR(bases[1][1], 1.0, 1e-7);   // C
  EXPECT_NEAR(bases[2][2], 1.0, 1e-7);   // G
  EXPECT_NEAR(bases[3][3], 1.0, 1e-7);   // T
  for (const auto& position : bases) EXPECT_NEAR(position[0] + position[1] + position[2] + position[3], 1.0, 1e-12);
}

}  // namespace
}  // namespace agront::inference
