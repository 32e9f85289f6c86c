// SPDX-License-Identifier: Apache-2.0
// The job `agront attention`: attention probabilities of chosen heads.
#pragma once

#include <string>

#include "agront/export.h"
#include "agront/job.h"

namespace agront {

struct AttentionOptions {
  JobOptions job;  ///< the output's name ends in .npz or .safetensors
  InputOptions input;
  std::string maps;  ///< layer:head separated by commas, layers from 1, heads from 0: "3:4,1:0"
  std::string plot;  ///< also draw the maps of the first entry into this SVG file; empty: do not
};

/// Writes arrays layer_L_head_H/E [T, T] for entry number E (row: query, column: key), with name and place of each
/// entry (docs/formats.md). Probabilities are float32, each row sums to 1. Throws UsageError when the model has not
/// such a head or an option does not fit, Error for input that cannot be read and output that cannot be written. Any
/// thread may call it, one job at a time.
AGRONT_EXPORT void Attention(const AttentionOptions& options);

}  // namespace agront
