// SPDX-License-Identifier: Apache-2.0
// Benchmarks of ops that memory bounds: an op beside a copy of as many bytes, in turn, by all threads.
#pragma once

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <vector>

#include "base/parallel.h"

namespace agront::ops {

// A window of the published model.
inline constexpr int64_t kBenchTokens = 1024;
inline constexpr int64_t kBenchChannels = 1500;
inline constexpr int64_t kBenchWideChannels = 5120;
inline constexpr int64_t kBenchVocabulary = 4105;

/// Runs `op`, which reads and writes `bytes` in all. Counters: its bytes a second, and that rate as a share of a copy's
/// (the median of the turns). Operands that stay in the caches from one turn to the next can be faster than a copy.
template <class Op>
void MeasureBesideCopy(benchmark::State& state, int64_t bytes, const Op& op) {
  using Clock = std::chrono::steady_clock;
  const auto seconds_since = [](Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
  };
  constexpr int64_t kPiece = 1 << 16;
  const int64_t pieces = std::max<int64_t>(1, bytes / 2 / kPiece);
  std::vector<char> from(static_cast<size_t>(pieces * kPiece), 1), to(from.size());
  op();
  std::vector<double> shares;
  for (auto _ : state) {
    const auto start = Clock::now();
    op();
    const double seconds = seconds_since(start);
    state.SetIterationTime(seconds);
    const auto copy_start = Clock::now();
    ParallelFor(pieces, [&](int64_t i) { std::memcpy(to.data() + i * kPiece, from.data() + i * kPiece, kPiece); });
    const double copied = static_cast<double>(2 * pieces * kPiece);
    shares.push_back(static_cast<double>(bytes) / seconds / (copied / seconds_since(copy_start)));
    benchmark::DoNotOptimize(to.data());
  }
  std::ranges::sort(shares);
  state.counters["bytes"] =
      benchmark::Counter(static_cast<double>(bytes), benchmark::Counter::kIsIterationInvariantRate);
  state.counters["share_of_copy_rate"] = shares.empty() ? 0 : shares[shares.size() / 2];
}

}  // namespace agront::ops
