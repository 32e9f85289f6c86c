// SPDX-License-Identifier: Apache-2.0
// The windows of each training step, as a function of the seed and the step alone.
//
// Draws are numbered: window j of step s is draw s x batch_windows + j, whoever asks for it, on however many ranks and
// threads. Species are dealt in rounds: a round holds each species in its share and is shuffled, so that the number of
// draws that a species has had before a round is known without counting. Within a species the windows come in a
// pseudo-random order, a new one each epoch. Without weights a round is an epoch: each window is seen once before any
// is seen twice. With weights a round is 4,096 draws: shares are rounded to that, but none to nothing, and two epochs
// of a species mix inside one round.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "data/corpus/corpus.h"
#include "data/corpus/masking.h"

namespace agront::data {

struct SamplerOptions {
  uint64_t seed = 0;
  int64_t batch_windows = 1;       ///< windows of a step, over all ranks and micro-batches
  bool use_weights = true;         ///< species by the manifest's weights if it has them, else by their windows
  bool reverse_complement = true;  ///< each window read from either strand with chance 1/2
  /// 0: stored windows whole. Else windows of this many tokens are cut out of the stored ones: side by side from a
  /// random start, another one each epoch, so that every 6-mer phase comes up.
  int64_t window_tokens = 0;
  MaskingOptions masking = {};
};

/// Thread safety: const members may be called from several threads.
class BatchSampler {
 public:
  /// Keeps a reference to the corpus. Throws UsageError for options that make no sense.
  BatchSampler(const Corpus& corpus, const SamplerOptions& options);
  ~BatchSampler();

  int64_t window_tokens() const;      ///< of a drawn window at most, <cls> included; fewer with N inside
  int64_t windows_per_epoch() const;  ///< drawn windows after which each was seen once, if species go by their windows

  /// Windows [begin, end) of the step's batch_windows, replacing what `batch` held. The same bits for any way of
  /// splitting a step. A window with N has more tokens than its 6-mers: what does not fit is left out of it.
  /// Throws Error when a window is damaged.
  void Sample(int64_t step, int64_t begin, int64_t end, MaskedBatch& batch) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace agront::data
