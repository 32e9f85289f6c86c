// SPDX-License-Identifier: Apache-2.0
// The job `agront logits`: the language model's output for every token.
#pragma once

#include "agront/export.h"
#include "agront/job.h"

namespace agront {

struct LogitsOptions {
  JobOptions job;  ///< the output's name ends in .npz or .safetensors
  InputOptions input;
  bool probabilities = false;  ///< softmax over the vocabulary
};

/// Writes `logits` (or `probabilities`) [tokens, vocabulary], <cls> included, with `offsets` [entries + 1] and name
/// and place of each entry (docs/formats.md). All are float32, logits before the softmax. Throws UsageError for options
/// that do not fit, Error for a model without a language-model head, input that cannot be read and output that cannot
/// be written. Any thread may call it, one job at a time.
AGRONT_EXPORT void Logits(const LogitsOptions& options);

}  // namespace agront
