// SPDX-License-Identifier: Apache-2.0
// The masked-language-model objective: which tokens the model must predict, and what it sees in their place.
//
// Only 6-mers are chosen. <cls> and <pad> have no bases; N is unknown; single letters stand only beside N and at the
// cut end of a window, and <mask> stands for six bases. So the shares are shares of the 6-mers.
#pragma once

#include <cstdint>
#include <vector>

#include "agront/forward.h"
#include "base/philox.h"
#include "tokenizer/kmer_tokenizer.h"

namespace agront::data {

struct MaskingOptions {
  double chosen = 0.15;      ///< probability of a 6-mer to be in the loss
  double masked = 0.8;       ///< of the chosen ones, the share shown as <mask>
  double random = 0.1;       ///< and as a random token; the others stay as they are
  bool random_kmers = true;  ///< random tokens are 6-mers, else any id of the vocabulary
  double repeat_weight = 1;  ///< of a base inside a repeat, in the loss
};

/// Throws UsageError unless 0 < chosen <= 1, the shares are 0 or more and at most 1 together, and the weight is finite
/// and 0 or more.
void CheckMasking(const MaskingOptions& options);

/// Windows packed for one forward pass, and what the loss compares. The four vectors behind `positions` run along with
/// it: the loss is the sum of weight x cross-entropy(logits of the position, target).
struct MaskedBatch {
  Batch input;                     ///< what the model sees
  std::vector<int64_t> positions;  ///< rows of `input` in the loss, ascending
  std::vector<int32_t> targets;    ///< the true tokens there, all 6-mers
  std::vector<uint8_t> is_mask;    ///< 1 where the input shows <mask>; quality is measured on these alone
  std::vector<float> weights;      ///< mean over the token's bases of 1, or of the repeat weight where a repeat is
  std::vector<int32_t> species;    ///< of each window: its number in the corpus

  void Clear();
};

/// Appends a window to `batch`, all but `species`. `repeats` has a flag for each base of the encoded text, or is empty.
/// The fate of token i is a function of `random.key`, `random.counter` and i alone: the caller gives each window a
/// counter of its own, whose last word is not used.
void AddMasked(const tokenizer::TokenizedBases& tokens, const std::vector<uint8_t>& repeats,
               const MaskingOptions& options, const Philox& random, MaskedBatch& batch);

}  // namespace agront::data
