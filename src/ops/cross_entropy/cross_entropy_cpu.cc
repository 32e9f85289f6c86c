// SPDX-License-Identifier: Apache-2.0
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/cross_entropy/cross_entropy_cpu.cc"
#include <hwy/foreach_target.h>  // compiles this file once for each instruction set; comes before highway.h

#include <hwy/highway.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/error.h"
#include "base/parallel.h"
#include "ops/cross_entropy/cross_entropy.h"
#include "ops/elementwise/exp2-inl.h"

HWY_BEFORE_NAMESPACE();
namespace agront::ops::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

constexpr float kLog2E = std::numbers::log2e_v<float>;

/// Sum of exp(row - most). In float64 between vectors' sums: thousands of terms of one sign.
double SumOfPowers(const float* row, size_t count, float most) {
  const hn::ScalableTag<float> d;
  const size_t lanes = hn::Lanes(d);
  const auto scale = hn::Set(d, kLog2E);
  const auto power = [&](auto v) { return Exp2(d, hn::Mul(scale, hn::Sub(v, hn::Set(d, most)))); };
  constexpr size_t kVectors = 32;
  double total = 0;
  for (size_t begin = 0; begin < count; begin += kVectors * lanes) {
    const size_t end = std::min(count, begin + kVectors * lanes);
    auto sum = hn::Zero(d);
    size_t i = begin;
    for (; i + lanes <= end; i += lanes) sum = hn::Add(sum, power(hn::LoadU(d, row + i)));
    if (i < end) {
      const auto rest = hn::FirstN(d, end - i);
      sum = hn::Add(sum, hn::IfThenElseZero(rest, power(hn::MaskedLoad(rest, d, row + i))));
    }
    total += static_cast<double>(hn::GetLane(hn::SumOfLanes(d, sum)));
  }
  return total;
}

/// row = factor exp(row - most)
void ScaledPowers(float* row, size_t count, float most, float factor) {
  const hn::ScalableTag<float> d;
  const size_t lanes = hn::Lanes(d);
  const auto result = [&](auto v) {
    return hn::Mul(hn::Set(d, factor), Exp2(d, hn::Mul(hn::Set(d, kLog2E), hn::Sub(v, hn::Set(d, most)))));
  };
  size_t i = 0;
  for (; i + lanes <= count; i += lanes) hn::StoreU(result(hn::LoadU(d, row + i)), d, row + i);
  if (i == count) return;
  const auto rest = hn::FirstN(d, count - i);
  hn::BlendedStore(result(hn::MaskedLoad(rest, d, row + i)), rest, d, row + i);
}

}  // namespace agront::ops::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace agront::ops {

HWY_EXPORT(SumOfPowers);
HWY_EXPORT(ScaledPowers);

namespace {

/// Calls then(row, most, sum of exp(logit - most)) for each row, when its loss is known.
template <class Then>
void Run(tensor::ConstMatrixView logits, const CrossEntropyTargets& targets, const CrossEntropyOutputs& outputs,
         const Then& then) {
  const auto rows = static_cast<size_t>(logits.rows);
  if (targets.tokens.size() != rows || targets.weights.size() != rows || outputs.losses.size() != rows ||
      outputs.predicted.size() != rows)
    Fail("cross_entropy: {} rows, {} targets, {} weights, {} losses, {} predictions", rows, targets.tokens.size(),
         targets.weights.size(), outputs.losses.size(), outputs.predicted.size());
  for (size_t i = 0; i < rows; ++i)
    if (targets.tokens[i] < 0 || targets.tokens[i] >= logits.cols)
      Fail("cross_entropy: target {} of row {}, expected 0 to {}", targets.tokens[i], i, logits.cols - 1);
  const auto sum_of_powers = HWY_DYNAMIC_DISPATCH(SumOfPowers);
  ParallelFor(logits.rows, [&](int64_t i) {
    const auto row = logits.row(i);
    const auto largest = std::max_element(row.begin(), row.end());
    const double sum = sum_of_powers(row.data(), row.size(), *largest);
    outputs.predicted[i] = static_cast<int32_t>(largest - row.begin());
    const double behind = static_cast<double>(*largest) - static_cast<double>(row[targets.tokens[i]]);
    outputs.losses[i] = static_cast<float>(behind + std::log(sum));
    then(i, *largest, sum);
  });
}

}  // namespace

void CrossEntropyForward(tensor::ConstMatrixView logits, const CrossEntropyTargets& targets,
                         const CrossEntropyOutputs& outputs) {
  Run(logits, targets, outputs, [](int64_t, float, double) {});
}

void CrossEntropyForwardBackward(tensor::MatrixView logits, const CrossEntropyTargets& targets,
                                 const CrossEntropyOutputs& outputs) {
  const auto scaled_powers = HWY_DYNAMIC_DISPATCH(ScaledPowers);
  Run(logits, targets, outputs, [&](int64_t i, float most, double sum) {
    const auto row = logits.row(i);
    const float weight = targets.weights[i];
    scaled_powers(row.data(), row.size(), most, static_cast<float>(static_cast<double>(weight) / sum));
    row[targets.tokens[i]] -= weight;
  });
}

}  // namespace agront::ops
#endif
