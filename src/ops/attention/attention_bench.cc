// SPDX-License-Identifier: Apache-2.0
// Attention alone, 20 heads of width 75; its share of the multiply-add peak measured in turn with it.
#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "base/parallel.h"
#include "device/cpu/multiply_add_peak.h"
#include "ops/attention/attention.h"
#include "ops/attention/attention_kernels.h"

namespace agront::ops {
namespace {

constexpr double kPeakSeconds = 0.03;
constexpr double kGiga = 1e9;
constexpr int64_t kHeads = 20;
constexpr int64_t kChannels = 1500;

/// Arguments: tokens of a sequence, sequences, threads, row in the table of kernels.
void Attention(benchmark::State& state) {
  const int64_t tokens = state.range(0), sequences = state.range(1), rows = tokens * sequences;
  SetThreads(static_cast<int>(state.range(2)));
  const AttentionKernel& kernel = AttentionKernels()[static_cast<size_t>(state.range(3))];
  state.SetLabel(std::string(kernel.name));
  if (!kernel.runs_here()) {
    state.SkipWithError("not for this processor");
    return;
  }
  std::mt19937 generator(1);
  std::normal_distribution<float> normal;
  tensor::Matrix query(rows, kChannels), key(rows, kChannels), value(rows, kChannels), output(rows, kChannels);
  for (tensor::Matrix* matrix : {&query, &key, &value})
    for (float& element : matrix->view().values()) element = normal(generator);
  std::vector<int64_t> offsets;
  for (int64_t s = 0; s <= sequences; ++s) offsets.push_back(s * tokens);
  const AttentionInputs inputs{query.view(), key.view(), value.view(), offsets, kHeads};

  double seconds = 0, peak = 0;
  for ([[maybe_unused]] const auto& iteration : state) {
    const auto start = std::chrono::steady_clock::now();
    kernel.forward(inputs, output.view(), {});
    const std::chrono::duration<double> once = std::chrono::steady_clock::now() - start;
    state.SetIterationTime(once.count());
    seconds += once.count();
    peak += device::cpu::MeasureMultiplyAddPeak(kPeakSeconds);
  }
  const auto passes = static_cast<double>(state.iterations());
  const double rate = 4.0 * static_cast<double>(sequences * tokens * tokens * kChannels) * passes / seconds;
  state.counters["GFLOP/s"] = rate / kGiga;
  state.counters["of_peak"] = rate / (peak / passes);
}

const std::vector<int64_t> kRows = benchmark::CreateDenseRange(0, std::ssize(AttentionKernels()) - 1, 1);

BENCHMARK(Attention)
    ->ArgNames({"tokens", "sequences", "threads", "kernel"})
    ->ArgsProduct({{1024}, {1}, {1, 2}, kRows})
    ->ArgsProduct({{64}, {32}, {1, 2}, kRows})
    ->ArgsProduct({{11}, {64}, {1, 2}, kRows})
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace agront::ops
