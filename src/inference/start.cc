// SPDX-License-Identifier: Apache-2.0
#include "inference/start.h"

#include "base/error.h"

namespace agront::inference {

ThreadsOfCall Start(const JobOptions& job) {
  constexpr int64_t kMostTokens = 100'000'000;  // of a batch: terabytes of activations
  CheckThreads(job.threads);
  if (job.batch_tokens < 1 || job.batch_tokens > kMostTokens)
    FailUsage("batch-tokens: expected 1 to {}, got {}", kMostTokens, job.batch_tokens);
  return ThreadsOfCall(job.threads);
}

}  // namespace agront::inference
