// SPDX-License-Identifier: Apache-2.0
// The job `agront unmask`: the probabilities that the model gives to masked bases.
#pragma once

#include "agront/export.h"
#include "agront/job.h"

namespace agront {

struct UnmaskOptions {
  JobOptions job;
  InputOptions input;
  bool every = false;     ///< mask every full 6-mer in turn: in pass j of 7 the tokens with index i, i mod 7 = j
  int top = 5;            ///< 6-mers to list, most probable first
  bool per_base = false;  ///< instead: probabilities of A, C, G and T at each masked base
};

/// Writes a table with a row for each masked 6-mer and rank: name; for regions of a genome chrom, start, end and
/// strand; record_start, record_end; rank, kmer and probability (over the whole vocabulary); true, true_probability.
/// With `per_base` a row for each base: the same places; true; A, C, G, T, the probability of the 6-mers with that base
/// there divided by the probability of all 6-mers. The true 6-mer or base and its probability are NA where not known.
/// Throws UsageError for options that do not fit, Error when nothing is masked, for a model without a language-model
/// head, input that cannot be read and output that cannot be written. Any thread may call it, one job at a time.
AGRONT_EXPORT void Unmask(const UnmaskOptions& options);

}  // namespace agront
