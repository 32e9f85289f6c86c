// SPDX-License-Identifier: Apache-2.0
#include "inference/variant_scorer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "base/test_folder.h"
#include "formats/sequences/indexed_fasta.h"
#include "genome/nucleotide.h"
#include "inference/sixmer_odds.h"
#include "tokenizer/vocabulary.h"

namespace agront::inference {
namespace {

std::string RandomBases(size_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::string bases(count, 'A');
  for (char& base : bases) base = "ACGT"[random() % 4];
  return bases;
}

/// The embedded model beside a genome of one sequence.
class Scored {
 public:
  Scored(const std::string& bases, const VariantScoreOptions& options)
      : fasta_(folder_.Write("genome.fa", ">chr\n" + bases + "\n")), scorer_(engine_, genome_, options) {
    engine_.Load(options.batch_tokens);
  }
  std::vector<VariantScores> Run(const std::vector<genome::Change>& changes) {
    for (const genome::Change& change : changes) scorer_.Add("chr", change);
    return scorer_.Run([](double) {});
  }
  const VariantScorer& scorer() const { return scorer_; }

 private:
  TestFolder folder_;
  formats::IndexedFasta fasta_;
  data::GenomeBases genome_{fasta_};
  Engine engine_{EngineSource{}};
  VariantScorer scorer_;
};

constexpr VariantScoreOptions kAll{.marginal = true, .all_places = true, .sixmers = 21};

TEST(SixmerOdds, MarginalIsTheSumOverSixmers) {
  std::mt19937 random(1);
  std::vector<float> logits(tokenizer::kVocabularySize);
  for (float& logit : logits) logit = static_cast<float>(random() % 2000) / 100 - 10;
  const auto sum_with = [&](const std::string& wanted) {  // '.' is any base
    double sum = 0;
    for (int32_t id = tokenizer::kFirstKmerId; id < tokenizer::kFirstLetterId; ++id) {
      const std::string sixmer = tokenizer::TokenText(id);
      bool fits = true;
      for (size_t i = 0; i < sixmer.size(); ++i) fits = fits && (wanted[i] == '.' || wanted[i] == sixmer[i]);
      if (fits) sum += std::exp(static_cast<double>(logits[static_cast<size_t>(id)]));
    }
    return std::log(sum);
  };
  EXPECT_NEAR(MarginalLogRatio(logits, "ACGTTA", "ACGATA"), sum_with("...T..") - sum_with("...A.."), 1e-9);
  EXPECT_NEAR(MarginalLogRatio(logits, "TCGATG", "ACGATA"), sum_with("T....G") - sum_with("A....A"), 1e-9);
  EXPECT_EQ(MarginalLogRatio(logits, "ACGATA", "ACGATA"), 0);
  EXPECT_NEAR(LogRatio(logits, "TCGATG", "ACGATA"), sum_with("TCGATG") - sum_with("ACGATA"), 1e-9);
}

TEST(VariantScorer, NoChangeScoresNothing) {
  Scored scored(RandomBases(400, 1), kAll);
  const VariantScores scores = scored.Run({{.start = 100, .end = 100, .alternative = ""}}).front();
  for (const double score : {scores.llr, scores.llr_f6, scores.marginal, scores.marginal_f6, scores.pll})
    EXPECT_EQ(score, 0);
  EXPECT_EQ(scored.scorer().passes(), 0);
}

TEST(VariantScorer, AlternativesThatAreTheReferenceGiveZero) {
  const std::string bases = RandomBases(400, 2);
  Scored scored(bases, kAll);
  const VariantScores same = scored.Run({{.start = 100, .end = 103, .alternative = bases.substr(100, 3)}}).front();
  for (const double score : {same.llr, same.llr_f6, same.marginal, same.marginal_f6, same.pll}) EXPECT_EQ(score, 0);
  EXPECT_GT(scored.scorer().passes(), 0);
}

TEST(VariantScorer, TheOtherStrandOfTheGenomeHasTheSameMeansOverPlaces) {
  std::string bases = RandomBases(420, 3);
  bases[205] = 'N';
  std::vector<genome::Change> changes, mirrored;
  for (const int64_t start : {0, 2, 100, 201, 300, 418, 419}) {
    const std::string other = bases[static_cast<size_t>(start)] == 'A' ? "C" : "A";
    changes.push_back({.start = start, .end = start + 1, .alternative = other});
    mirrored.push_back({.start = 419 - start, .end = 420 - start, .alternative = other == "C" ? "G" : "T"});
  }
  const std::vector<VariantScores> scores = Scored(bases, kAll).Run(changes);
  genome::ReverseComplement(bases);
  const std::vector<VariantScores> other = Scored(bases, kAll).Run(mirrored);
  double difference_at_one_place = 0;
  for (size_t i = 0; i < changes.size(); ++i) {
    EXPECT_NEAR(scores[i].llr_f6, other[i].llr_f6, 1e-5) << i;
    EXPECT_NEAR(scores[i].marginal_f6, other[i].marginal_f6, 1e-5) << i;
    EXPECT_NEAR(scores[i].pll, other[i].pll, 1e-4) << i;
    difference_at_one_place = std::max(difference_at_one_place, std::abs(scores[i].llr - other[i].llr));
  }
  EXPECT_GT(difference_at_one_place, 0.01);
}

TEST(VariantScorer, AllelesSharePasses) {
  const std::string bases = RandomBases(400, 4);
  std::vector<genome::Change> changes;  // all SNVs of a masked 6-mer
  for (int64_t start = 200; start < 206; ++start)
    for (const char base : {'A', 'C', 'G', 'T'})
      if (base != bases[static_cast<size_t>(start)])
        changes.push_back({.start = start, .end = start + 1, .alternative = std::string(1, base)});
  Scored one_place(bases, {.pll = false, .sixmers = 21});
  one_place.Run(changes);
  EXPECT_EQ(one_place.scorer().passes(), 2 * 6);
  Scored places(bases, {.pll = false, .all_places = true, .sixmers = 21});
  places.Run(changes);
  EXPECT_EQ(places.scorer().passes(), 2 * 11);
  Scored indel(bases, {.sixmers = 21});
  EXPECT_TRUE(std::isnan(indel.Run({{.start = 200, .end = 200, .alternative = "A"}}).front().llr));
  EXPECT_EQ(indel.scorer().passes(), 168);
}

TEST(VariantScorer, WhatIsScoredBesideAChangeDoesNotMatter) {
  const std::string bases = RandomBases(400, 5);
  const std::vector<genome::Change> changes = {{100, 101, bases[100] == 'G' ? "T" : "G"},
                                               {150, 150, "ACC"},
                                               {180, 184, ""},
                                               {200, 202, bases[200] == 'C' ? "GT" : "CA"}};
  const std::vector<VariantScores> together = Scored(bases, kAll).Run(changes);
  for (size_t i = 0; i < changes.size(); ++i) {
    const VariantScores alone = Scored(bases, kAll).Run({changes[i]}).front();
    EXPECT_NEAR(alone.pll, together[i].pll, 1e-4) << i;
    if (changes[i].is_substitution()) {
      EXPECT_NEAR(alone.llr, together[i].llr, 1e-5) << i;
    }
  }
}

TEST(VariantScorer, NoSixmerWithoutUnknownBases) {
  std::string bases = RandomBases(400, 6);
  bases[98] = bases[102] = 'N';
  const VariantScores scores = Scored(bases, kAll).Run({{.start = 100, .end = 101, .alternative = "A"}}).front();
  EXPECT_TRUE(std::isnan(scores.llr));
  EXPECT_TRUE(std::isnan(scores.llr_f6));
}

}  // namespace
}  // namespace agront::inference
