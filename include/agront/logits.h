// SPDX-License-Identifier: Apache-2.0
// The job `agront logits`: the language model's output for every token.
#pragma once

#include "agront/job.h"

namespace agront {

struct LogitsOptions {
  JobOptions job;  ///< the output's name ends in .npz or .safetensors
  InputOptions input;
  bool probabilities = false;  ///< softmax over the vocabulary
};

/// Writes `logits` (or `probabilities`) [tokens, vocabulary], <cls> included, with `offsets` [entries + 1] and name
/// and place of each entry (docs/formats.md).
void Logits(const LogitsOptions& options);

}  // namespace agront
