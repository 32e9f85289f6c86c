// SPDX-License-Identifier: Apache-2.0
// The job `agront unmask`: what the model expects where bases are masked.
#pragma once

#include "agront/job.h"

namespace agront {

struct UnmaskOptions {
  JobOptions job;
  InputOptions input;
  bool every = false;  ///< mask every full 6-mer in turn: in pass j of 7 the tokens with index i, i mod 7 = j
  int top = 5;         ///< 6-mers to list
};

/// Writes a table with a line for each masked 6-mer: name, start, end (of the 6-mer in the record); true; top and
/// probability (the most probable 6-mers and their probabilities over the whole vocabulary, separated by commas);
/// true_probability; A, C, G, T: for each of the six bases, separated by commas, the probability of the 6-mers with
/// that base there divided by the probability of all 6-mers. `true` and its probability are "." where not known.
/// Throws Error when nothing is masked.
void Unmask(const UnmaskOptions& options);

}  // namespace agront
