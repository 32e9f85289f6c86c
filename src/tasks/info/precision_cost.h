// SPDX-License-Identifier: Apache-2.0
// The accuracy that products of fewer bits cost on a user's own sequences.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agront/forward.h"
#include "agront/job.h"
#include "agront/precision.h"
#include "model/checkpoints/checkpoint.h"

namespace agront::tasks {

/// The first windows of an input that have a full 6-mer.
struct WindowSample {
  std::string input;           ///< its name
  std::vector<Batch> batches;  ///< packed up to the job's budget
  int64_t windows = 0;
  bool has_more = false;  ///< of them, in the input
};

/// Up to `most` windows. Throws Error when the input has no full 6-mer.
WindowSample ReadSample(const InputOptions& input, int64_t most, int64_t max_tokens, int64_t batch_tokens);

/// Runs the sample in float32 and in each of the precisions, one model in memory at a time: the embeddings of the last
/// layer, and every 6-mer masked once, in the passes of `agront unmask --every`. Returns lines of "key: value".
std::string DescribePrecisionCost(const model::Checkpoint& checkpoint, const WindowSample& sample,
                                  const std::vector<Precision>& precisions, const JobOptions& job);

}  // namespace agront::tasks
