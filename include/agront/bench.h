// SPDX-License-Identifier: Apache-2.0
// The job `agront bench`: how fast a model runs on this machine, and how near to the machine's limits.
#pragma once

#include "agront/export.h"
#include "agront/job.h"

namespace agront {

struct BenchOptions {
  JobOptions job;
  int64_t tokens = 1024;  ///< of each sequence, <cls> included
  int64_t sequences = 1;  ///< in one batch
  int repeat = 5;         ///< passes to measure, after one to warm up
  bool json = false;      ///< one JSON object instead of lines of text
};

/// Runs random sequences through all layers, for the hidden states of the last one. Between the passes it measures the
/// rate of the model's own product shapes alone, and of multiply-adds in registers, so that a noisy machine is noisy
/// for all three. Writes medians, in tokens a second and GFLOP/s. Throws UsageError for a size that the model does not
/// take, Error for a model that cannot be read. Any thread may call it, one job at a time.
AGRONT_EXPORT void Bench(const BenchOptions& options);

}  // namespace agront
