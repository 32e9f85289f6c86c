// SPDX-License-Identifier: Apache-2.0
// One product alone, at the shapes of an encoder block; its share of the multiply-add peak measured in turn with it.
#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdint>
#include <random>
#include <vector>

#include "base/parallel.h"
#include "device/cpu/multiply_add_peak.h"
#include "ops/matmul/matmul.h"

namespace agront::ops {
namespace {

constexpr double kPeakSeconds = 0.03;
constexpr double kGiga = 1e9;

void FillRandom(std::span<float> values, std::mt19937& generator) {
  std::normal_distribution<float> normal;
  for (float& value : values) value = normal(generator);
}

/// Arguments: rows, inputs, outputs, threads.
void Product(benchmark::State& state, Precision precision, Epilogue epilogue) {
  const int64_t rows = state.range(0), in = state.range(1), out = state.range(2);
  SetThreads(static_cast<int>(state.range(3)));
  std::mt19937 generator(1);
  std::vector<float> values(static_cast<size_t>(in * out));
  FillRandom(values, generator);
  const PackedWeights weights(WeightView{values.data(), out, in, in, 1}, std::vector<float>(static_cast<size_t>(out)),
                              precision);
  tensor::Matrix x(rows, in, PaddedRows(rows)), y(rows, out, PaddedRows(rows));
  FillRandom(x.view().values(), generator);
  ProductInput input;
  input.Set(x.view(), weights.input_format());
  weights.Multiply(input, epilogue, y.view());  // makes the kernel

  double seconds = 0, peak = 0;
  for ([[maybe_unused]] const auto& iteration : state) {
    const auto start = std::chrono::steady_clock::now();
    weights.Multiply(input, epilogue, y.view());
    const std::chrono::duration<double> once = std::chrono::steady_clock::now() - start;
    state.SetIterationTime(once.count());
    seconds += once.count();
    peak += device::cpu::MeasureMultiplyAddPeak(kPeakSeconds);
  }
  const auto passes = static_cast<double>(state.iterations());
  const double rate = 2.0 * static_cast<double>(rows * in * out) * passes / seconds;
  state.counters["GFLOP/s"] = rate / kGiga;
  state.counters["of_peak"] = rate / (peak / passes);
  state.SetLabel(weights.KernelName(rows));
}

void Shapes(benchmark::internal::Benchmark* benchmark, int64_t in, int64_t out) {
  benchmark->ArgNames({"rows", "in", "out", "threads"})->UseManualTime()->Unit(benchmark::kMillisecond);
  for (const int64_t threads : {1, 2})
    for (const int64_t rows : {64, 256, 1024}) benchmark->Args({rows, in, out, threads});
}

void Hidden(benchmark::internal::Benchmark* benchmark) { Shapes(benchmark, 1500, 1500); }
void Widen(benchmark::internal::Benchmark* benchmark) { Shapes(benchmark, 1500, 5120); }
void Narrow(benchmark::internal::Benchmark* benchmark) { Shapes(benchmark, 5120, 1500); }

BENCHMARK_CAPTURE(Product, fp32, Precision::kFp32, Epilogue::kNone)->Apply(Hidden);
BENCHMARK_CAPTURE(Product, fp32_gelu, Precision::kFp32, Epilogue::kGelu)->Apply(Widen);
BENCHMARK_CAPTURE(Product, fp32_add, Precision::kFp32, Epilogue::kAdd)->Apply(Narrow);
BENCHMARK_CAPTURE(Product, bf16, Precision::kBf16, Epilogue::kNone)->Apply(Hidden);
BENCHMARK_CAPTURE(Product, bf16_gelu, Precision::kBf16, Epilogue::kGelu)->Apply(Widen);
BENCHMARK_CAPTURE(Product, bf16_add, Precision::kBf16, Epilogue::kAdd)->Apply(Narrow);
BENCHMARK_CAPTURE(Product, int8, Precision::kInt8, Epilogue::kNone)->Apply(Hidden);
BENCHMARK_CAPTURE(Product, int8_gelu, Precision::kInt8, Epilogue::kGelu)->Apply(Widen);
BENCHMARK_CAPTURE(Product, int8_add, Precision::kInt8, Epilogue::kAdd)->Apply(Narrow);

}  // namespace
}  // namespace agront::ops
