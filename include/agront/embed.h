// SPDX-License-Identifier: Apache-2.0
// The job `agront embed`: hidden states of sequences, pooled or for every token.
#pragma once

#include <string>

#include "agront/export.h"
#include "agront/job.h"
#include "agront/pooling.h"

namespace agront {

struct EmbedOptions {
  JobOptions job;  ///< the output's name ends in .npz, .safetensors or .tsv
  InputOptions input;
  /// Separated by commas: 0 (embeddings), K (residual stream after block K), last (after the final LayerNorm; the
  /// number of the last layer means the same), last:raw (before it), all (0 to last).
  std::string layers = "last";
  Pooling pooling = Pooling::kMean;
  bool per_record = false;  ///< with kMean: one row a record, each base counted once where windows overlap
};

/// Writes arrays layer_K [rows, channels] with name and place of each entry (docs/formats.md); for kNone also `offsets`
/// [entries + 1] of the entries' rows. Hidden states are float32. Throws UsageError when an option does not fit the
/// model or another option, Error for input that cannot be read and output that cannot be written. Any thread may call
/// it, one job at a time.
AGRONT_EXPORT void Embed(const EmbedOptions& options);

}  // namespace agront
