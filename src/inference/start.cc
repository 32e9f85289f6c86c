// SPDX-License-Identifier: Apache-2.0
#include "inference/start.h"

#include "base/error.h"

namespace agront::inference {

void CheckBatchTokens(int64_t batch_tokens) {
  constexpr int64_t kMostTokens = 100'000'000;  // terabytes of activations
  if (batch_tokens < 1 || batch_tokens > kMostTokens)
    FailUsage("batch-tokens: expected 1 to {}, got {}", kMostTokens, batch_tokens);
}

ThreadsOfCall Start(const JobOptions& job) {
  CheckThreads(job.threads);
  CheckBatchTokens(job.batch_tokens);
  return ThreadsOfCall(job.threads);
}

}  // namespace agront::inference
