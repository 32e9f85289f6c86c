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

/// Writes a table (docs/formats.md): a row for each window with its name, its place and its tokens, separated by
/// blanks.
void Tokenize(const TokenizeOptions& options);

}  // namespace agront
