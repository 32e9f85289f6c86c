// SPDX-License-Identifier: Apache-2.0
// What every job does first.
#pragma once

#include <cstdint>

#include "agront/job.h"
#include "base/parallel.h"

namespace agront::inference {

/// Throws UsageError for a number of tokens that no batch has.
void CheckBatchTokens(int64_t batch_tokens);

/// Checks the numbers of a job. While the result lives, the calling thread's loops have the job's threads. Throws
/// UsageError.
[[nodiscard]] ThreadsOfCall Start(const JobOptions& job);

}  // namespace agront::inference
