// SPDX-License-Identifier: Apache-2.0
#include "data/corpus/masking.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <string>

#include "base/error.h"
#include "tokenizer/vocabulary.h"

namespace agront::data {
namespace {

tokenizer::TokenizedBases RandomTokens(int sixmers, uint32_t seed) {
  std::mt19937 random(seed);
  std::string bases;
  for (int i = 0; i < 6 * sixmers; ++i) bases += "ACGT"[random() % 4];
  tokenizer::TokenizedBases tokens;
  tokenizer::Encode(bases, 1 << 30, tokens);
  return tokens;
}

MaskedBatch Mask(const tokenizer::TokenizedBases& tokens, const MaskingOptions& options,
                 const std::vector<uint8_t>& repeats = {}) {
  MaskedBatch batch;
  AddMasked(tokens, repeats, options, {{11, 0}, {5, 0, 7, 0}}, batch);
  return batch;
}

/// Expects `count` of `all` within five standard deviations of the share.
void ExpectShare(double count, double all, double share) {
  EXPECT_NEAR(count, all * share, 5 * std::sqrt(all * share * (1 - share)) + 1e-9) << "of " << all;
}

struct Counts {
  double chosen = 0;
  double masked = 0;
  double unchanged = 0;
  double random = 0;
  double random_kmers = 0;
};

Counts Count(const MaskedBatch& batch) {
  Counts counts;
  for (size_t i = 0; i < batch.positions.size(); ++i) {
    const int32_t shown = batch.input.tokens[static_cast<size_t>(batch.positions[i])];
    counts.chosen += 1;
    counts.masked += batch.is_mask[i];
    counts.unchanged += shown == batch.targets[i];
    counts.random += batch.is_mask[i] == 0 && shown != batch.targets[i];
    counts.random_kmers += batch.is_mask[i] == 0 && shown != batch.targets[i] && tokenizer::IsKmer(shown);
  }
  return counts;
}

TEST(Masking, KeepsTheShares) {
  constexpr int kTokens = 400'000;
  const auto tokens = RandomTokens(kTokens, 1);
  for (const MaskingOptions& options : {MaskingOptions{}, MaskingOptions{.chosen = 0.3, .masked = 0.5, .random = 0.4},
                                        MaskingOptions{.chosen = 1, .masked = 1, .random = 0},
                                        MaskingOptions{.chosen = 0.5, .masked = 0, .random = 0}}) {
    const Counts counts = Count(Mask(tokens, options));
    ExpectShare(counts.chosen, kTokens, options.chosen);
    ExpectShare(counts.masked, counts.chosen, options.masked);
    const double same_by_chance = options.random / tokenizer::kNumKmers;
    ExpectShare(counts.unchanged, counts.chosen, 1 - options.masked - options.random + same_by_chance);
    ExpectShare(counts.random, counts.chosen, options.random - same_by_chance);
    EXPECT_EQ(counts.random_kmers, counts.random);
  }
}

TEST(Masking, DrawsFromTheWholeVocabularyWhenAsked) {
  constexpr int kTokens = 400'000;
  const MaskingOptions options{.chosen = 1, .masked = 0, .random = 1, .random_kmers = false};
  const MaskedBatch batch = Mask(RandomTokens(kTokens, 2), options);
  std::vector<int> seen(tokenizer::kVocabularySize);
  for (const int64_t position : batch.positions) ++seen.at(static_cast<size_t>(batch.input.tokens[position]));
  for (const int times : seen) ExpectShare(times, kTokens, 1.0 / tokenizer::kVocabularySize);
  double masks = 0;
  for (const uint8_t is_mask : batch.is_mask) masks += is_mask;
  EXPECT_EQ(masks, seen[tokenizer::kMaskId]);
}

TEST(Masking, KeepsWhatStoodThere) {
  const auto tokens = RandomTokens(5000, 3);
  MaskedBatch batch = Mask(tokens, {});
  EXPECT_EQ(batch.input.offsets, (std::vector<int64_t>{0, 5001}));
  for (size_t i = 0; i < batch.positions.size(); ++i) {
    EXPECT_TRUE(i == 0 || batch.positions[i] > batch.positions[i - 1]);
    batch.input.tokens[static_cast<size_t>(batch.positions[i])] = batch.targets[i];
  }
  EXPECT_EQ(batch.input.tokens, tokens.ids);
}

TEST(Masking, ChoosesSixmersOnly) {
  tokenizer::TokenizedBases tokens;
  tokenizer::Encode("ACGTACNNNACGTACGTNACGTACAC", 1 << 30, tokens);
  const MaskedBatch batch = Mask(tokens, {.chosen = 1});
  // <cls> ACGTAC N N N ACGTAC G T N ACGTAC A C
  EXPECT_EQ(batch.positions, (std::vector<int64_t>{1, 5, 9}));
}

TEST(Masking, WeighsRepeats) {
  const auto tokens = RandomTokens(4, 4);
  std::vector<uint8_t> repeats(24);
  for (size_t base = 6; base < 15; ++base) repeats[base] = 1;  // all of the second 6-mer, half of the third
  const MaskingOptions options{.chosen = 1, .repeat_weight = 0.1};
  const MaskedBatch batch = Mask(tokens, options, repeats);
  EXPECT_EQ(batch.weights, (std::vector<float>{1, 0.1F, 0.55F, 1}));
  EXPECT_EQ(Mask(tokens, options).weights, (std::vector<float>{1, 1, 1, 1}));
}

TEST(Masking, DependsOnTheTokensPlaceAlone) {
  const auto tokens = RandomTokens(1000, 5);
  const auto longer = RandomTokens(3000, 6);
  const MaskedBatch a = Mask(tokens, {});
  const MaskedBatch b = Mask(longer, {});
  EXPECT_TRUE(std::equal(a.positions.begin(), a.positions.end(), b.positions.begin()));
  MaskedBatch after;
  after.input.Add(longer.ids);
  AddMasked(tokens, {}, {}, {{11, 0}, {5, 0, 7, 0}}, after);
  ASSERT_EQ(after.positions.size(), a.positions.size());
  EXPECT_EQ(after.positions.front(), a.positions.front() + static_cast<int64_t>(longer.size()));
  EXPECT_EQ(after.is_mask, a.is_mask);
}

TEST(Masking, RefusesSharesThatMakeNoSense) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const MaskingOptions& options :
       {MaskingOptions{.chosen = 0}, MaskingOptions{.chosen = 1.1}, MaskingOptions{.chosen = nan},
        MaskingOptions{.masked = -0.1}, MaskingOptions{.masked = 0.8, .random = 0.3}, MaskingOptions{.random = nan},
        MaskingOptions{.repeat_weight = -1}, MaskingOptions{.repeat_weight = nan}})
    EXPECT_THROW(CheckMasking(options), UsageError);
  CheckMasking({.chosen = 1, .masked = 0.7, .random = 0.3, .repeat_weight = 0});
}

}  // namespace
}  // namespace agront::data
