// SPDX-License-Identifier: Apache-2.0
#include "inference/start.h"

#include "base/error.h"
#include "base/parallel.h"

namespace agront::inference {

void Start(const JobOptions& job) {
  constexpr int kMostThreads = 1024;            // more only costs stacks
  constexpr int64_t kMostTokens = 100'000'000;  // of a batch: terabytes of activations
  if (job.threads < 0 || job.threads > kMostThreads)
    FailUsage("threads: expected 0 (one per core) to {}, got {}", kMostThreads, job.threads);
  if (job.batch_tokens < 1 || job.batch_tokens > kMostTokens)
    FailUsage("batch-tokens: expected 1 to {}, got {}", kMostTokens, job.batch_tokens);
  SetThreads(job.threads);
}

}  // namespace agront::inference
