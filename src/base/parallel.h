// SPDX-License-Identifier: Apache-2.0
// Loops over threads. OpenMP, because the matrix library uses it too: two thread pools would fight for the cores.
#pragma once

#include <omp.h>

#include <atomic>
#include <cstdint>
#include <exception>
#include <limits>
#include <mutex>

namespace agront {

/// More only costs stacks.
inline constexpr int kMostThreads = 1024;

/// Throws UsageError unless `threads` is 0 to kMostThreads.
void CheckThreads(int threads);

/// Sets the number of threads of every later loop and matrix product of the calling thread; 0 means one per core that
/// this process may use (UsableCores). After a fork it is always 1: the threads of the parent are not in the child.
void SetThreads(int threads);

/// Threads of the calling thread's next loop.
inline int MaxThreads() { return omp_get_max_threads(); }

/// While it lives, the loops of the calling thread have their own number of threads, as SetThreads takes it.
class ThreadsOfCall {
 public:
  explicit ThreadsOfCall(int threads) : before_(MaxThreads()) { SetThreads(threads); }
  ~ThreadsOfCall();
  ThreadsOfCall(const ThreadsOfCall&) = delete;
  ThreadsOfCall& operator=(const ThreadsOfCall&) = delete;

 private:
  int before_;
};

/// The exceptions of the iterations of a loop: an exception must not leave a thread of OpenMP.
class LoopFailure {
 public:
  /// Whether iteration i may be left out: one before it has failed.
  bool Ends(int64_t i) const { return i > first_.load(std::memory_order_relaxed); }
  /// Keeps the exception that is being handled, when no iteration before i has failed.
  void Keep(int64_t i) noexcept;
  void Rethrow() const {
    if (exception_) std::rethrow_exception(exception_);
  }

 private:
  std::atomic<int64_t> first_ = std::numeric_limits<int64_t>::max();
  std::mutex mutex_;
  std::exception_ptr exception_;
};

/// Calls work(i) for i in [0, count), each once, in any order. When calls throw, the exception of the lowest i is
/// thrown here, and calls with a higher i may be left out.
template <class Work>
void ParallelFor(int64_t count, const Work& work) {
  LoopFailure failure;
#pragma omp parallel for schedule(dynamic) if (count > 1)
  for (int64_t i = 0; i < count; ++i) {
    if (failure.Ends(i)) continue;
    try {
      work(i);
    } catch (...) {
      failure.Keep(i);
    }
  }
  failure.Rethrow();
}

}  // namespace agront
