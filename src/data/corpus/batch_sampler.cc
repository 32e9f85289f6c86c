// SPDX-License-Identifier: Apache-2.0
#include "data/corpus/batch_sampler.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/error.h"
#include "base/permutation.h"
#include "genome/nucleotide.h"
#include "tokenizer/vocabulary.h"

namespace agront::data {
namespace {

/// The use of a random number: the lowest byte of counter word 2, so that no two uses share a counter.
enum Purpose : uint32_t { kRoundOrder = 1, kWindowOrder, kPieceStart, kStrand, kMasking };

/// Slots of a round when species go by weights. Draws of two epochs of a species mix inside one round only, so it is
/// short; shares are kept to 1 in 4,096.
constexpr int64_t kWeightedRound = 4096;

/// Whole numbers in the ratio of the weights that add up to `total`, at least 1 where the weight is above 0: what is
/// left after rounding down goes to the largest remainders.
std::vector<int64_t> Apportion(const std::vector<double>& weights, int64_t total) {
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  std::vector<int64_t> shares(weights.size());
  std::vector<std::pair<double, size_t>> remainders;
  for (size_t i = 0; i < weights.size(); ++i) {
    if (weights[i] == 0) continue;
    const double exact = weights[i] / sum * static_cast<double>(total);
    shares[i] = std::max<int64_t>(1, static_cast<int64_t>(exact));
    remainders.emplace_back(exact - static_cast<double>(shares[i]), i);
  }
  std::ranges::sort(remainders, [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first > b.first : a.second < b.second;
  });
  int64_t left = total - std::accumulate(shares.begin(), shares.end(), int64_t{0});
  for (size_t i = 0; left > 0; i = (i + 1) % remainders.size(), --left) ++shares[remainders[i].second];
  return shares;
}

}  // namespace

struct BatchSampler::State {
  const Corpus& corpus;
  SamplerOptions options;
  int64_t window_tokens = 0;
  int64_t window_bases = 0;
  int64_t pieces = 1;                    // drawn windows of a stored one
  std::vector<int64_t> drawn = {};       // windows of an epoch, of each species
  std::vector<int64_t> share = {};       // slots in a round
  std::vector<int64_t> first_slot = {};  // of each species in a round, and one more
  int64_t round = 0;

  /// A random number's key and counter.
  Philox Random(Purpose purpose, uint32_t word0, uint32_t word1, uint32_t word3) const {
    return {{static_cast<uint32_t>(options.seed), static_cast<uint32_t>(options.seed >> 32)},
            {word0, word1, purpose, word3}};
  }
  Philox OfDraw(Purpose purpose, int64_t draw) const {
    return Random(purpose, static_cast<uint32_t>(draw), static_cast<uint32_t>(draw >> 32), 0);
  }

  /// The stretch of a stored window that a draw gives.
  struct Drawn {
    int species = 0;
    int64_t window = 0;
    int64_t start = 0;
  };
  Drawn Draw(int64_t draw) const;
};

BatchSampler::State::Drawn BatchSampler::State::Draw(int64_t draw) const {
  const int64_t number = draw / round;
  const auto slot = static_cast<int64_t>(Permuted(static_cast<uint64_t>(draw % round), static_cast<uint64_t>(round),
                                                  Random(kRoundOrder, 0, static_cast<uint32_t>(number), 0)));
  const auto after = std::ranges::upper_bound(first_slot, slot);
  const auto species = static_cast<size_t>(after - first_slot.begin() - 1);

  const int64_t nth = number * share[species] + slot - first_slot[species];  // draw of this species, from 0
  const auto epoch = static_cast<uint32_t>(nth / drawn[species]);
  const auto id = static_cast<uint32_t>(species);
  const auto piece =
      static_cast<int64_t>(Permuted(static_cast<uint64_t>(nth % drawn[species]), static_cast<uint64_t>(drawn[species]),
                                    Random(kWindowOrder, 0, epoch, id)));
  Drawn drawn_window{static_cast<int>(species), piece / pieces, 0};
  const int64_t spare = corpus.window_bases() - pieces * window_bases;
  const auto words = Random(kPieceStart, static_cast<uint32_t>(drawn_window.window), epoch, id)();
  drawn_window.start = piece % pieces * window_bases + Below(static_cast<uint32_t>(spare + 1), words[0]);
  return drawn_window;
}

BatchSampler::BatchSampler(const Corpus& corpus, const SamplerOptions& options)
    : state_(std::make_unique<State>(State{.corpus = corpus, .options = options})) {
  CheckMasking(options.masking);
  if (options.batch_windows < 1) FailUsage("batch: expected 1 window or more, got {}", options.batch_windows);
  if (options.window_tokens != 0 && (options.window_tokens < 2 || options.window_tokens > corpus.window_tokens()))
    FailUsage("window-tokens: expected 2 to {}, what the corpus {} has, got {}", corpus.window_tokens(), corpus.path(),
              options.window_tokens);
  State& state = *state_;
  state.window_tokens = options.window_tokens == 0 ? corpus.window_tokens() : options.window_tokens;
  state.window_bases = tokenizer::kKmerLength * (state.window_tokens - 1);
  // Enough bases are left over for the start to take each of the six phases.
  state.pieces = std::max<int64_t>(1, (corpus.window_bases() - (tokenizer::kKmerLength - 1)) / state.window_bases);

  std::vector<double> weights;
  bool weighted = options.use_weights;
  for (int i = 0; i < corpus.num_species(); ++i) {
    state.drawn.push_back(corpus.num_windows(i) * state.pieces);
    const auto weight = corpus.species_weight(i);
    weighted = weighted && weight.has_value();
    weights.push_back(corpus.num_windows(i) > 0 ? weight.value_or(0) : 0);
  }
  state.share = weighted ? Apportion(weights, kWeightedRound) : state.drawn;
  state.first_slot.push_back(0);
  for (const int64_t share : state.share) state.first_slot.push_back(state.first_slot.back() + share);
  state.round = state.first_slot.back();
}

BatchSampler::~BatchSampler() = default;

int64_t BatchSampler::window_tokens() const { return state_->window_tokens; }

int64_t BatchSampler::windows_per_epoch() const { return state_->corpus.num_windows() * state_->pieces; }

void BatchSampler::Sample(int64_t step, int64_t begin, int64_t end, MaskedBatch& batch) const {
  const State& state = *state_;
  const int64_t windows = state.options.batch_windows;
  if (step < 0 || begin < 0 || begin > end || end > windows)
    Fail("batch sampler: expected windows [begin, end) of {} and a step from 0 on, got [{}, {}) of step {}", windows,
         begin, end, step);
  batch.Clear();
  Window window;
  tokenizer::TokenizedBases tokens;
  for (int64_t j = begin; j < end; ++j) {
    const int64_t draw = step * windows + j;
    const State::Drawn drawn = state.Draw(draw);
    state.corpus.Read(drawn.species, drawn.window, window);
    const auto cut = [&drawn, &state](auto& whole) {
      whole.erase(whole.begin(), whole.begin() + drawn.start);
      whole.resize(static_cast<size_t>(state.window_bases));
    };
    cut(window.bases);
    if (!window.repeats.empty()) cut(window.repeats);
    if (state.options.reverse_complement && (state.OfDraw(kStrand, draw)()[0] & 1) != 0) {
      genome::ReverseComplement(window.bases);
      std::ranges::reverse(window.repeats);
    }
    tokenizer::Encode(window.bases, state.window_tokens, tokens);
    AddMasked(tokens, window.repeats, state.options.masking, state.OfDraw(kMasking, draw), batch);
    batch.species.push_back(drawn.species);
  }
}

}  // namespace agront::data
