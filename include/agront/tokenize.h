// SPDX-License-Identifier: Apache-2.0
// The job `agront tokenize`: windows of sequences as tokens.
#pragma once

#include "agront/export.h"
#include "agront/job.h"

namespace agront {

struct TokenizeOptions {
  JobOptions job;
  InputOptions input;
  bool ids = false;  ///< write ids instead of the tokens' texts
};

/// Writes a table (docs/formats.md): a row for each window with its name, its place and its tokens, separated by
/// blanks. Throws UsageError for options that do not fit, Error for input that cannot be read and output that cannot be
/// written. Any thread may call it, one job at a time.
AGRONT_EXPORT void Tokenize(const TokenizeOptions& options);

}  // namespace agront
