// SPDX-License-Identifier: Apache-2.0
#include "data/corpus/batch_sampler.h"

#include <algorithm>
#include <map>
#include <numeric>

#include "data/corpus/corpus_test_files.h"
#include "genome/nucleotide.h"

namespace agront::data {
namespace {

/// The bases that a window's tokens stood for.
std::string BasesOf(const MaskedBatch& batch, size_t window) {
  auto tokens = batch.input.tokens;
  for (size_t i = 0; i < batch.positions.size(); ++i)
    tokens[static_cast<size_t>(batch.positions[i])] = batch.targets[i];
  return tokenizer::Decode(
      std::span(tokens).subspan(static_cast<size_t>(batch.input.offsets[window]),
                                static_cast<size_t>(batch.input.offsets[window + 1] - batch.input.offsets[window])));
}

std::string Read(const Corpus& corpus, int species, int64_t index) {
  Window window;
  corpus.Read(species, index, window);
  return window.bases;
}

bool Equal(const MaskedBatch& a, const MaskedBatch& b) {
  return a.input.tokens == b.input.tokens && a.input.offsets == b.input.offsets && a.positions == b.positions &&
         a.targets == b.targets && a.is_mask == b.is_mask && a.weights == b.weights && a.species == b.species;
}

MaskedBatch Joined(const std::vector<MaskedBatch>& parts) {
  MaskedBatch all;
  for (const MaskedBatch& part : parts) {
    const auto shift = static_cast<int64_t>(all.input.tokens.size());
    for (int64_t s = 0; s < part.input.sequences(); ++s)
      all.input.Add(std::span(part.input.tokens)
                        .subspan(static_cast<size_t>(part.input.offsets[static_cast<size_t>(s)]),
                                 static_cast<size_t>(part.input.offsets[static_cast<size_t>(s) + 1] -
                                                     part.input.offsets[static_cast<size_t>(s)])));
    for (const int64_t position : part.positions) all.positions.push_back(position + shift);
    all.targets.insert(all.targets.end(), part.targets.begin(), part.targets.end());
    all.is_mask.insert(all.is_mask.end(), part.is_mask.begin(), part.is_mask.end());
    all.weights.insert(all.weights.end(), part.weights.begin(), part.weights.end());
    all.species.insert(all.species.end(), part.species.begin(), part.species.end());
  }
  return all;
}

TEST(BatchSampler, GivesTheSameBitsForAnySplit) {
  const TestCorpus files({{"A", 40, 0.25}, {"B", 30, 0.75}}, 33);
  const Corpus corpus(files.path());
  for (const int64_t window_tokens : {0, 9}) {
    const SamplerOptions options{
        .seed = 0x123456789, .batch_windows = 12, .window_tokens = window_tokens, .masking = {.repeat_weight = 0.5}};
    const BatchSampler sampler(corpus, options);
    const BatchSampler other(corpus, options);
    for (const int64_t step : {0, 1, 1'000'000}) {
      MaskedBatch whole;
      sampler.Sample(step, 0, 12, whole);
      EXPECT_EQ(whole.input.sequences(), 12);
      for (const std::vector<int64_t>& cuts : {std::vector<int64_t>{0, 3, 6, 9, 12}, {0, 1, 11, 12}, {0, 6, 6, 12}}) {
        std::vector<MaskedBatch> parts(cuts.size() - 1);
        for (size_t i = parts.size(); i-- > 0;) other.Sample(step, cuts[i], cuts[i + 1], parts[i]);
        EXPECT_TRUE(Equal(Joined(parts), whole));
      }
    }
  }
}

TEST(BatchSampler, StepsOfAnotherBatchSizeGiveTheSameDraws) {
  const TestCorpus files({{"A", 40}}, 9);
  const Corpus corpus(files.path());
  MaskedBatch a;
  MaskedBatch b;
  BatchSampler(corpus, {.seed = 1, .batch_windows = 6}).Sample(1, 0, 6, a);
  BatchSampler(corpus, {.seed = 1, .batch_windows = 2}).Sample(4, 0, 2, b);
  EXPECT_EQ(BasesOf(a, 2), BasesOf(b, 0));
  BatchSampler(corpus, {.seed = 2, .batch_windows = 6}).Sample(1, 0, 6, b);
  EXPECT_FALSE(Equal(a, b));
}

TEST(BatchSampler, SeesEveryWindowOnceAnEpoch) {
  const TestCorpus files({{"A", 50}, {"B", 21}}, 9);
  const Corpus corpus(files.path());
  const BatchSampler sampler(corpus, {.seed = 3, .batch_windows = corpus.num_windows(), .reverse_complement = false});
  std::map<std::string, int> expected;
  for (int species = 0; species < 2; ++species)
    for (int64_t i = 0; i < corpus.num_windows(species); ++i) {
      tokenizer::TokenizedBases tokens;
      tokenizer::Encode(Read(corpus, species, i), 9, tokens);
      ++expected[tokenizer::Decode(tokens.ids)];
    }
  std::vector<std::string> orders;
  for (int64_t epoch = 0; epoch < 3; ++epoch) {
    MaskedBatch batch;
    sampler.Sample(epoch, 0, corpus.num_windows(), batch);
    std::map<std::string, int> seen;
    std::string order;
    for (size_t i = 0; i < batch.species.size(); ++i) {
      ++seen[BasesOf(batch, i)];
      order += BasesOf(batch, i);
    }
    EXPECT_EQ(seen, expected);
    orders.push_back(order);
  }
  EXPECT_NE(orders[0], orders[1]);
  EXPECT_NE(orders[1], orders[2]);
}

TEST(BatchSampler, FollowsTheWeights) {
  const TestCorpus files({{"A", 500, 1.0}, {"B", 10, 3.0}, {"C", 5, 1e-9}}, 9);
  const Corpus corpus(files.path());
  constexpr int64_t kRounds = 4;
  constexpr int64_t kDraws = kRounds * 4096;
  MaskedBatch batch;
  BatchSampler(corpus, {.seed = 4, .batch_windows = kDraws, .reverse_complement = false}).Sample(0, 0, kDraws, batch);
  std::vector<std::map<std::string, int64_t>> seen(3);
  std::vector<int64_t> draws(3);
  for (size_t i = 0; i < batch.species.size(); ++i) {
    const auto species = static_cast<size_t>(batch.species[i]);
    ++seen.at(species)[BasesOf(batch, i)];
    ++draws.at(species);
  }
  EXPECT_EQ(draws, (std::vector<int64_t>{kRounds * 1024, kRounds * 3071, kRounds}));
  // The windows of a species in turn, over whole rounds: none is ahead of another by more than one.
  for (size_t species = 0; species < 2; ++species) {
    const int64_t windows = corpus.num_windows(static_cast<int>(species));
    EXPECT_EQ(seen[species].size(), static_cast<size_t>(windows));
    for (const auto& [bases, times] : seen[species]) {
      EXPECT_GE(times, draws[species] / windows);
      EXPECT_LE(times, draws[species] / windows + 1);
    }
  }
  const int64_t epoch = corpus.num_windows();
  BatchSampler(corpus, {.seed = 4, .batch_windows = epoch, .use_weights = false}).Sample(0, 0, epoch, batch);
  EXPECT_EQ(std::ranges::count(batch.species, 1), corpus.num_windows(1));
}

TEST(BatchSampler, ReadsEitherStrand) {
  const TestCorpus files({{"A", 400}}, 3);
  const Corpus corpus(files.path());
  const int64_t windows = corpus.num_windows();
  MaskedBatch forward;
  MaskedBatch either;
  BatchSampler(corpus, {.seed = 5, .batch_windows = windows, .reverse_complement = false})
      .Sample(0, 0, windows, forward);
  BatchSampler(corpus, {.seed = 5, .batch_windows = windows}).Sample(0, 0, windows, either);
  int reversed = 0;
  int kept = 0;
  for (size_t i = 0; i < static_cast<size_t>(windows); ++i) {
    if (forward.input.offsets[i + 1] - forward.input.offsets[i] != 3) continue;  // cut off at N
    std::string bases = BasesOf(forward, i);
    kept += BasesOf(either, i) == bases ? 1 : 0;
    genome::ReverseComplement(bases);
    reversed += BasesOf(either, i) == bases ? 1 : 0;
  }
  EXPECT_GT(kept + reversed, 100);
  EXPECT_NEAR(reversed, (kept + reversed) / 2.0, 5 * std::sqrt((kept + reversed) / 4.0));
}

TEST(BatchSampler, CutsShorterWindowsInEveryPhase) {
  const TestCorpus files({{"A", 30}}, 100);  // 594 bases: 9 pieces of 60, 54 bases left over
  const Corpus corpus(files.path());
  const BatchSampler sampler(corpus,
                             {.seed = 6, .batch_windows = 9 * 27, .reverse_complement = false, .window_tokens = 11});
  EXPECT_EQ(sampler.windows_per_epoch(), 9 * 27);
  std::map<size_t, int> phases;
  for (int64_t epoch = 0; epoch < 4; ++epoch) {
    MaskedBatch batch;
    sampler.Sample(epoch, 0, 9 * 27, batch);
    std::map<int64_t, std::vector<size_t>> starts;  // by stored window
    for (size_t i = 0; i < batch.species.size(); ++i) {
      EXPECT_LE(batch.input.offsets[i + 1] - batch.input.offsets[i], 11);
      const std::string bases = BasesOf(batch, i);
      int found = 0;
      for (int64_t window = 0; window < corpus.num_windows(0); ++window)
        if (const size_t at = Read(corpus, 0, window).find(bases); at != std::string::npos) {
          starts[window].push_back(at);
          ++phases[at % 6];
          ++found;
        }
      EXPECT_EQ(found, 1);
    }
    EXPECT_EQ(starts.size(), 27u);
    for (auto& [window, places] : starts) {
      std::ranges::sort(places);
      ASSERT_EQ(places.size(), 9u);
      for (size_t i = 1; i < places.size(); ++i) EXPECT_EQ(places[i], places[i - 1] + 60);
    }
  }
  EXPECT_EQ(phases.size(), 6u);
}

TEST(BatchSampler, WeighsRepeatsOnEitherStrand) {
  const TestCorpus files({{"A", 100}}, 9);
  const Corpus corpus(files.path());
  MaskedBatch batch;
  const int64_t windows = corpus.num_windows();
  BatchSampler(corpus, {.seed = 7, .batch_windows = windows, .masking = {.chosen = 1, .repeat_weight = 0}})
      .Sample(0, 0, windows, batch);
  double weight = 0;
  for (const float w : batch.weights) weight += w;
  // 4 of the 24 known letters that a base is drawn from are in lower case.
  EXPECT_NEAR(weight / static_cast<double>(batch.weights.size()), 20.0 / 24, 0.03);
}

TEST(BatchSampler, RefusesOptionsThatMakeNoSense) {
  const TestCorpus files({{"A", 10}}, 9);
  const Corpus corpus(files.path());
  EXPECT_THROW(BatchSampler(corpus, {.batch_windows = 0}), UsageError);
  EXPECT_THROW(BatchSampler(corpus, {.window_tokens = 10}), UsageError);
  EXPECT_THROW(BatchSampler(corpus, {.window_tokens = 1}), UsageError);
  EXPECT_THROW(BatchSampler(corpus, {.masking = {.chosen = 2}}), UsageError);
  const BatchSampler sampler(corpus, {.batch_windows = 4});
  MaskedBatch batch;
  EXPECT_THROW(sampler.Sample(0, 0, 5, batch), Error);
  EXPECT_THROW(sampler.Sample(-1, 0, 4, batch), Error);
}

}  // namespace
}  // namespace agront::data
