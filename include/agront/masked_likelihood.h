// SPDX-License-Identifier: Apache-2.0
// Probabilities of masked 6-mers by a masked language model, and the likelihood that it gives to a sequence.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "agront/export.h"
#include "agront/model.h"
#include "agront/reporter.h"
#include "agront/tokenizer.h"

namespace agront {

enum class Masking {
  kAlone,     ///< each token in a pass of its own: all others are seen. The cost is a pass a token
  kSevenths,  ///< in pass j of 7 the tokens with index i, i mod 7 = j: about the share that is masked in pretraining
};

struct MaskedLikelihoodOptions {
  Masking masking = Masking::kSevenths;
  int64_t batch_tokens = 2048;  ///< passes are packed together up to this many tokens
};

/// Logarithms are natural. Thread safety: any thread may call it.
class AGRONT_EXPORT MaskedLikelihood {
 public:
  /// Throws Error for a model without a language-model head, UsageError for numbers out of range.
  explicit MaskedLikelihood(Model model, MaskedLikelihoodOptions options = {});

  /// [tokens asked for, vocabulary]: the logarithm of the probability of each token of the vocabulary where token
  /// `indices[i]` of the sequence is masked. The sequence has at most as many tokens as the model takes. Throws
  /// UsageError for an index that is no 6-mer's or mask's, and for one that comes twice.
  Values LogProbabilities(const Tokens& sequence, std::span<const int64_t> indices, Reporter* reporter = nullptr) const;

  /// The indices of all full 6-mers of a sequence.
  static std::vector<int64_t> SixmersOf(const Tokens& sequence);

  /// The pseudo-log-likelihood of each sequence: the sum over its full 6-mers of the logarithm of the probability of
  /// the 6-mer that stands there, while it is masked. A sequence longer than the model's window is cut into windows
  /// side by side. One without a full 6-mer has 0. Throws Error "sequence 3: ..." for letters that are no bases and
  /// sequences without any, Stopped when the reporter says stop.
  std::vector<double> PseudoLogLikelihoods(std::span<const std::string> sequences, Reporter* reporter = nullptr) const;

 private:
  Model model_;
  MaskedLikelihoodOptions options_;
};

/// From logarithms of probabilities over the vocabulary, a row a masked 6-mer, to [6 rows, 4]: for each of its bases
/// the probabilities of A, C, G and T, those of all 6-mers with that base there divided by those of all 6-mers. Throws
/// Error unless the matrix has kVocabularySize columns. Any thread may call it.
AGRONT_EXPORT Values BaseMarginals(const Values& log_probabilities);

}  // namespace agront
