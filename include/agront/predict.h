// SPDX-License-Identifier: Apache-2.0
// The job `agront predict`: what a fine-tuned model says of new sequences.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agront/export.h"
#include "agront/job.h"
#include "agront/labelled_input.h"
#include "agront/strands.h"

namespace agront {

struct PredictOptions {
  JobOptions job;         ///< job.model: the base, when it is not where it was when the model was fine-tuned
  std::string finetuned;  ///< folder that `agront finetune` wrote, or a checkpoint of EsmForSequenceClassification
  LabelledInput data;     ///< sequences, or regions of a genome with the window that is asked for; no labels are read
  std::string genome;     ///< instead of `data`: FASTA; the next fields say how windows slide along it
  std::vector<std::string> region_list;  ///< of `genome`, forward and disjoint, as in LabelledInput; empty: all of it
  int64_t window_bp = 0;                 ///< bases of a window
  int64_t stride_bp = 0;                 ///< bases from one window to the next
  std::string track;                     ///< name of the output to write as bedGraph; empty: the first
  Strands strands = Strands::kForward;
  bool any_length = false;  ///< also sequences much shorter or longer than those of the training; else an error
};

/// Writes a table with the id of each sequence, for regions of a genome their place there and in the record, and a
/// column for each output: probabilities, or numbers in the units of the training labels (for tasks per token a row a
/// token, with the bases it stands for); for windows along a genome a bedGraph file, 0-based half-open, where a
/// window's value stands for the bases nearest to its middle. Streams: memory is bounded. Throws UsageError for options
/// that do not fit the model or each other, Error for a model or sequences that cannot be read, sequences that the
/// model was not trained for, and output that cannot be written. Any thread may call it, one job at a time.
AGRONT_EXPORT void Predict(const PredictOptions& options);

}  // namespace agront
