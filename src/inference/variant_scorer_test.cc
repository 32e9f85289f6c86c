// SPDX-License-Identifier: Apache-2.0
#include "inference/variant_scorer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <span>
#include <tuple>

#include "base/test_folder.h"
#include "data/variants/change_windows.h"
#include "data/variants/genome_in_memory.h"
#include "data/variants/random_indels.h"
#include "data/variants/sixmer_window.h"
#include "formats/sequences/indexed_fasta.h"
#include "genome/nucleotide.h"
#include "inference/log_softmax.h"
#include "inference/masked_model.h"
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

/// Each of the bases [start, end) becomes each other base.
std::vector<genome::Change> AllSnvs(const std::string& bases, int64_t start, int64_t end) {
  std::vector<genome::Change> changes;
  for (; start < end; ++start)
    for (const char base : {'A', 'C', 'G', 'T'})
      if (base != bases[static_cast<size_t>(start)])
        changes.push_back({.start = start, .end = start + 1, .alternative = std::string(1, base)});
  return changes;
}

int64_t PassesOf(const std::string& bases, const VariantScoreOptions& options,
                 const std::vector<genome::Change>& changes) {
  Scored scored(bases, options);
  scored.Run(changes);
  return scored.scorer().passes();
}

TEST(VariantScorer, AllelesSharePasses) {
  const std::string bases = RandomBases(400, 4);
  const std::vector<genome::Change> of_sixmer = AllSnvs(bases, 200, 206);
  EXPECT_EQ(PassesOf(bases, {.pll = false, .sixmers = 21}, of_sixmer), 2 * 6);
  EXPECT_EQ(PassesOf(bases, {.pll = false, .all_places = true, .sixmers = 21}, of_sixmer), 2 * 11);
  Scored indel(bases, {.sixmers = 21});
  EXPECT_TRUE(std::isnan(indel.Run({{.start = 200, .end = 200, .alternative = "A"}}).front().llr));
  EXPECT_EQ(indel.scorer().passes(), 168);
}

TEST(VariantScorer, PllSharesPassesOfTheReference) {
  const std::string bases = RandomBases(400, 4);
  const VariantScoreOptions pll{.llr = false, .sixmers = 15};
  const std::vector<genome::Change> site = AllSnvs(bases, 200, 201), next = AllSnvs(bases, 201, 202);
  // Two strands and six frames. The pass in which the changed 6-mer is masked is that of the reference.
  EXPECT_EQ(PassesOf(bases, pll, {site[0]}), 2 * 6 * (7 + 6));
  EXPECT_EQ(PassesOf(bases, pll, site), 2 * 6 * (7 + 3 * 6));
  // Five frames of a neighbour have a window of the reference that is there.
  EXPECT_EQ(PassesOf(bases, pll, {site[0], next[0]}), 2 * (7 * 7 + 2 * 6 * 6));
}

/// The sum of ln P(the 6-mer that stands there) over the 6-mers that a window scores, each masked with every seventh.
double LikelihoodOf(Engine& engine, const data::ScoredWindow& window) {
  double sum = 0;
  MaskedModel model(engine, 2048, [&](std::span<const MaskedToken> masked, tensor::MatrixView logits) {
    LogSoftmax(logits);
    for (size_t i = 0; i < masked.size(); ++i)
      sum += static_cast<double>(logits.row(static_cast<int64_t>(i))[static_cast<size_t>(masked[i].id)]);
  });
  model.Add(window.ids, SeventhsOf(window.scored));
  model.Flush();
  return sum;
}

TEST(VariantScorer, PllIsThatOfTheAlternativeLessThatOfTheReference) {
  const TestFolder folder;
  const std::string bases = RandomBases(300, 8), name = "chr";
  const formats::IndexedFasta fasta(folder.Write("genome.fa", ">chr\n" + bases + "\n"));
  data::GenomeBases genome(fasta);
  Engine engine{EngineSource{}};
  constexpr VariantScoreOptions kOptions{.llr = false, .pll_frames = 1, .sixmers = 15, .flank = 2};
  const std::vector<genome::Change> changes = {
      AllSnvs(bases, 150, 151)[0], {160, 160, "ACC"}, {170, 174, ""}, {180, 182, bases[180] == 'C' ? "GT" : "CA"}};
  VariantScorer scorer(engine, genome, kOptions);
  for (const genome::Change& change : changes) scorer.Add(name, change);
  const std::vector<VariantScores> scores = scorer.Run([](double) {});
  for (size_t i = 0; i < changes.size(); ++i) {
    double sum = 0;
    for (const bool reverse : {false, true}) {
      const data::Strand strand(genome, name, reverse);
      const auto both = data::WindowsOf(strand, strand.Of(changes[i]), 3, {.sixmers = 15, .flank = 2});
      sum += LikelihoodOf(engine, both->alternative) - LikelihoodOf(engine, both->reference);
    }
    EXPECT_NEAR(scores[i].pll, sum / 2, 1e-4) << i;
    EXPECT_GT(std::abs(sum), 1e-2) << i;
  }
}

TEST(VariantScorer, SharedMasksAreEverySeventhSixmerOfAWindow) {
  const TestFolder folder;
  std::string bases = RandomBases(700, 9);
  bases[333] = 'N';
  const std::string name = "chr";
  const formats::IndexedFasta fasta(folder.Write("genome.fa", ">chr\n" + bases + "\n"));
  data::GenomeBases genome(fasta);
  Engine engine{EngineSource{}};
  const VariantScoreOptions options{.pll = false, .sixmers = 21, .shared_masks = true};
  const auto length = static_cast<int64_t>(bases.size());
  for (const int64_t start : {1, 100, 330, 400, 699}) {
    const genome::Change change = AllSnvs(bases, start, start + 1)[0];
    const int64_t place = *data::PlaceOf(data::PlacesOf(genome, name, change), change);
    const data::SixmerWindow window = data::SharedWindow(place, length, 21);
    double sum = 0;
    for (const bool reverse : {false, true}) {
      const std::vector<int32_t> ids = data::TokensOf({genome, name, reverse}, window);
      std::string reference = bases.substr(static_cast<size_t>(place), 6), alternative = reference;
      alternative[static_cast<size_t>(start - place)] = change.alternative[0];
      if (reverse) genome::ReverseComplement(reference);
      if (reverse) genome::ReverseComplement(alternative);
      const size_t at = window.TokenAt(place, reverse);
      ASSERT_EQ(tokenizer::TokenText(ids[at]), reference);
      std::vector<size_t> masked;
      for (size_t token = 1; token < ids.size(); ++token)
        if (token % 7 == at % 7 && tokenizer::IsKmer(ids[token])) masked.push_back(token);
      EXPECT_GT(masked.size(), 1u);
      MaskedModel model(engine, 2048, [&](std::span<const MaskedToken> tokens, tensor::MatrixView logits) {
        for (size_t i = 0; i < tokens.size(); ++i)
          if (tokens[i].token == at) sum += LogRatio(logits.row(static_cast<int64_t>(i)), alternative, reference);
      });
      model.Add(ids, {masked});
      model.Flush();
    }
    VariantScorer scorer(engine, genome, options);
    scorer.Add(name, change);
    for (const genome::Change& other : AllSnvs(bases, 390, 410)) scorer.Add(name, other);
    EXPECT_NEAR(scorer.Run([](double) {})[0].llr, sum / 2, 1e-5) << start;
  }
}

TEST(VariantScorer, SharedMasksTakeFewPasses) {
  const std::string bases = RandomBases(400, 4);
  const std::vector<genome::Change> dense = AllSnvs(bases, 140, 200);
  // Two strands, six ways to cut into 6-mers, seven sevenths, one window: its own 6-mers are those from 132 to 263.
  EXPECT_EQ(PassesOf(bases, {.pll = false, .all_places = true, .sixmers = 43, .shared_masks = true}, dense), 2 * 6 * 7);
  EXPECT_EQ(PassesOf(bases, {.pll = false, .all_places = true, .sixmers = 43}, dense), 2 * 65);
}

TEST(VariantScorer, RandomIndelsOfTheSameLengthsAreSubtracted) {
  const std::string bases = RandomBases(500, 10);
  const VariantScoreOptions alone{.llr = false, .pll_frames = 1, .sixmers = 9, .flank = 1};
  VariantScoreOptions less = alone;
  less.indel_null = 3;
  const std::vector<genome::Change> changes = {
      AllSnvs(bases, 150, 151)[0], {160, 160, "ACC"}, {170, 174, ""}, {180, 180, "GTT"}};
  const std::vector<VariantScores> raw = Scored(bases, alone).Run(changes);
  const std::vector<VariantScores> compared = Scored(bases, less).Run(changes);
  EXPECT_EQ(compared[0].pll, raw[0].pll);
  const data::GenomeInMemory sequences({{"chr", bases}});
  data::GenomeBases genome(sequences);
  for (const auto& [change, deleted, inserted] : {std::tuple{1, 0, 3}, {2, 4, 0}, {3, 0, 3}}) {
    double sum = 0;
    Scored scored(bases, alone);
    const auto indels = data::RandomIndels(genome, deleted, inserted, 12, 3);
    ASSERT_EQ(indels.size(), 3u);
    for (const data::RandomIndel& indel : indels) sum += scored.Run({indel.change})[0].pll;
    const auto i = static_cast<size_t>(change);
    EXPECT_NEAR(compared[i].pll, raw[i].pll - sum / 3, 1e-4) << i;
    EXPECT_GT(std::abs(sum), 1e-2);
  }
  std::string patchy = bases;  // nowhere are 44 bases known, 12 on each side of 20
  for (size_t i = 0; i < patchy.size(); i += 40) patchy[i] = 'N';
  const std::vector<genome::Change> longer = {{165, 185, ""}};
  EXPECT_FALSE(std::isnan(Scored(patchy, alone).Run(longer)[0].pll));
  EXPECT_TRUE(std::isnan(Scored(patchy, less).Run(longer)[0].pll));
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
