// SPDX-License-Identifier: Apache-2.0
// The job `agront tokenize`: windows of sequences as tokens.
#pragma once

#include "agront/job.h"

namespace agront {

struct TokenizeOptions {
  JobOptions job;
  InputOptions input;
  bool ids = false;  ///< write ids instead of the tokens' texts
};

/// Writes a table with columns name, start, end, tokens: one line an entry, tokens separated by spaces.
void Tokenize(const TokenizeOptions& options);

}  // namespace agront
