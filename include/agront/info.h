// SPDX-License-Identifier: Apache-2.0
// The job `agront info`: what a model is, and whether its weights are sound.
#pragma once

#include <cstdint>
#include <string>

#include "agront/export.h"
#include "agront/job.h"

namespace agront {

struct InfoOptions {
  JobOptions job;
  bool verify = false;            ///< check all weights, and on the published model the published known answer
  bool verify_precision = false;  ///< measure what fewer bits cost on the sequences of `input`
  InputOptions input;             ///< for verify_precision
  int64_t verify_windows = 16;    ///< of that input, the first ones that have a full 6-mer
  bool devices = false;           ///< instead of all this: what FindDevices (device.h) finds
};

/// Writes shape, parameters, number format, epsilon, source, model hash, and the memory that the model takes in
/// `job.precision` with batches of `job.batch_tokens`, one "key: value" a line.
/// With `devices` opens no model, and writes a line for each kind of device.
/// With `verify` throws Error when a weight is not finite or the known answer is not reached.
/// With `verify_precision` compares `job.precision`, or bf16 and int8 if that is fp32, with fp32: cosine of mean
/// embeddings of the last layer; with each 6-mer masked once, the Spearman correlation of the log-probabilities of the
/// true 6-mers, the share of equal first choices, and the change of the log-likelihood. Throws Error when the
/// input has no full 6-mer. Throws UsageError for options that do not fit, Error for files that cannot be read or
/// written. Any thread may call it, one job at a time.
AGRONT_EXPORT void Info(const InfoOptions& options);

}  // namespace agront
