// SPDX-License-Identifier: Apache-2.0
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "device/cpu/multiply_add_peak.cc"
#include <hwy/foreach_target.h>  // compiles this file once for each instruction set; comes before highway.h

#include <hwy/highway.h>

#include <chrono>

#include "device/cpu/multiply_add_peak.h"

HWY_BEFORE_NAMESPACE();
namespace agront::device::cpu::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

constexpr int kChains = 12;  // enough to hide the latency of two units
constexpr int kRounds = 100000;

/// Runs kRounds times kChains multiply-adds that do not wait for each other; returns the operations done. The chains
/// start from different numbers and end in `result`, so that the compiler can neither merge nor drop them.
double MultiplyAdd(float* result) {
  const hn::ScalableTag<float> d;
  using Floats = hn::Vec<decltype(d)>;
  const Floats factor = hn::Set(d, 0.999f);
  const Floats term = hn::Set(d, 0.001f);
  Floats chains[kChains];
  for (int i = 0; i < kChains; ++i) chains[i] = hn::Set(d, *result + static_cast<float>(i));
  for (int round = 0; round < kRounds; ++round)
    for (int i = 0; i < kChains; ++i) chains[i] = hn::MulAdd(chains[i], factor, term);
  for (int i = 1; i < kChains; ++i) chains[0] = hn::Add(chains[0], chains[i]);
  *result = hn::GetLane(hn::SumOfLanes(d, chains[0]));
  return 2.0 * kChains * kRounds * static_cast<double>(hn::Lanes(d));
}

}  // namespace agront::device::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace agront::device::cpu {

HWY_EXPORT(MultiplyAdd);

double MeasureMultiplyAddPeak(double seconds) {
  const auto multiply_add = HWY_DYNAMIC_DISPATCH(MultiplyAdd);
  double rate = 0;
  // Each thread has its own clock: none waits for another that the system has put aside.
#pragma omp parallel reduction(+ : rate)
  {
    using Clock = std::chrono::steady_clock;
    double operations = 0;
    std::chrono::duration<double> passed{};
    for (const auto start = Clock::now(); passed.count() < seconds; passed = Clock::now() - start) {
      float result = 1.0f;
      operations += multiply_add(&result);
    }
    rate += operations / passed.count();
  }
  return rate;
}

}  // namespace agront::device::cpu
#endif
