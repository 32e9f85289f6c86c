// SPDX-License-Identifier: Apache-2.0
#include "base/parallel.h"

#include <pthread.h>

#include <algorithm>

#include "base/error.h"
#include "base/usable_cores.h"

namespace agront {
namespace {

std::atomic<bool> is_forked = false;

/// In the child of a fork. OpenMP would wait there for threads that only the parent has.
void WorkAlone() {
  is_forked = true;
  omp_set_num_threads(1);
}

}  // namespace

void CheckThreads(int threads) {
  if (threads < 0 || threads > kMostThreads)
    FailUsage("threads: expected 0 (one per core) to {}, got {}", kMostThreads, threads);
}

void SetThreads(int threads) {
  static const int watched = pthread_atfork(nullptr, nullptr, WorkAlone);
  (void)watched;
  if (is_forked)
    omp_set_num_threads(1);
  else
    omp_set_num_threads(threads > 0 ? std::min(threads, kMostThreads) : UsableCores());
}

ThreadsOfCall::~ThreadsOfCall() { omp_set_num_threads(is_forked ? 1 : before_); }

void LoopFailure::Keep(int64_t i) noexcept {
  const std::lock_guard lock(mutex_);
  if (Ends(i)) return;
  first_.store(i, std::memory_order_relaxed);
  exception_ = std::current_exception();
}

}  // namespace agront
