// SPDX-License-Identifier: Apache-2.0
// The job `agront evaluate`: how well a model does on sequences of one's own.
#pragma once

#include <cstdint>
#include <string>

#include "agront/export.h"
#include "agront/job.h"
#include "agront/labelled_input.h"

namespace agront {

struct EvaluateOptions {
  JobOptions job;
  InputOptions input;
  double masking_ratio = 0.15;  ///< probability of a 6-mer to be masked
  uint64_t seed = 0;            ///< of the choice
  bool every = false;           ///< instead: each 6-mer masked once, a seventh of them at a time
  bool json = false;            ///< one JSON object instead of lines of text
};

/// Masks 6-mers and writes how well the masked language model predicts them: the mean of -ln p(true 6-mer), its
/// exponential (perplexity), the share where the true 6-mer is the most probable, and how many were masked. For the
/// same sequences and seed the same 6-mers are masked, whatever the model. Logarithms are natural. Throws UsageError
/// for options that do not fit, Error when there was none to mask, for input that cannot be read and for output that
/// cannot be written. Any thread may call it, one job at a time.
AGRONT_EXPORT void EvaluateMaskedModel(const EvaluateOptions& options);

struct EvaluateFinetunedOptions {
  JobOptions job;            ///< job.model: the base, when it is not where it was when the model was fine-tuned
  std::string finetuned;     ///< folder that `agront finetune` wrote, or a checkpoint of EsmForSequenceClassification
  LabelledInput data;        ///< the labelled examples
  bool any_length = false;   ///< also sequences much shorter or longer than those of the training; else an error
  int64_t bootstrap = 1000;  ///< resamples, for intervals
  uint64_t seed = 0;         ///< of them
  bool json = false;         ///< one JSON object {"test": {...}} instead of lines of text
};

/// Writes the scores of a fine-tuned model on labelled sequences, with 95 % intervals (all but that of `ece`). Labels
/// must fit its task, and --transform log1p takes none at or below -1. Scores on the scale that a transform of numbers
/// made come beside those in their units: under "transformed", as lines "transformed.r2: ...". Throws UsageError for
/// options that do not fit, Error for labels that do not, input that cannot be read and output that cannot be written.
/// Any thread may call it, one job at a time.
AGRONT_EXPORT void EvaluateFinetuned(const EvaluateFinetunedOptions& options);

}  // namespace agront
