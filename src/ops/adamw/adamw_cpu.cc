// SPDX-License-Identifier: Apache-2.0
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/adamw/adamw_cpu.cc"
#include <hwy/foreach_target.h>  // compiles this file once for each instruction set; comes before highway.h

#include <hwy/highway.h>

#include <cmath>
#include <numeric>
#include <vector>

#include "base/error.h"
#include "base/parallel.h"
#include "ops/adamw/adamw.h"
#include "ops/adamw/adamw_task.h"

HWY_BEFORE_NAMESPACE();
namespace agront::ops::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

void Update(const AdamWTask& task) {
  const hn::ScalableTag<float> d;
  const size_t lanes = hn::Lanes(d);
  const auto beta1 = hn::Set(d, task.beta1), beta2 = hn::Set(d, task.beta2);
  const auto new1 = hn::Set(d, task.new1), new2 = hn::Set(d, task.new2);
  const auto scale = hn::Set(d, task.gradient_scale), keep = hn::Set(d, task.keep), rate = hn::Set(d, task.rate);
  const auto inverse_root = hn::Set(d, task.inverse_root), epsilon = hn::Set(d, task.epsilon);
  const auto update = [&](auto& w, auto gradient, auto& m, auto& v) {
    const auto g = hn::Mul(gradient, scale);
    m = hn::MulAdd(beta1, m, hn::Mul(new1, g));
    v = hn::MulAdd(beta2, v, hn::Mul(hn::Mul(new2, g), g));
    const auto root = hn::MulAdd(hn::Sqrt(v), inverse_root, epsilon);
    w = hn::NegMulAdd(rate, hn::Div(m, root), hn::Mul(keep, w));
  };
  size_t i = 0;
  for (; i + lanes <= task.count; i += lanes) {
    auto w = hn::LoadU(d, task.values + i);
    auto m = hn::LoadU(d, task.first_moments + i);
    auto v = hn::LoadU(d, task.second_moments + i);
    update(w, hn::LoadU(d, task.gradients + i), m, v);
    hn::StoreU(w, d, task.values + i);
    hn::StoreU(m, d, task.first_moments + i);
    hn::StoreU(v, d, task.second_moments + i);
  }
  if (i == task.count) return;
  const auto rest = hn::FirstN(d, task.count - i);
  auto w = hn::MaskedLoad(rest, d, task.values + i);
  auto m = hn::MaskedLoad(rest, d, task.first_moments + i);
  auto v = hn::MaskedLoad(rest, d, task.second_moments + i);
  update(w, hn::MaskedLoad(rest, d, task.gradients + i), m, v);
  hn::BlendedStore(w, rest, d, task.values + i);
  hn::BlendedStore(m, rest, d, task.first_moments + i);
  hn::BlendedStore(v, rest, d, task.second_moments + i);
}

double SumSquares(const float* values, size_t count) {
  const hn::ScalableTag<double> d;
  const hn::Rebind<float, decltype(d)> floats;
  const size_t lanes = hn::Lanes(d);
  auto even = hn::Zero(d), odd = hn::Zero(d);
  size_t i = 0;
  for (; i + 2 * lanes <= count; i += 2 * lanes) {
    const auto a = hn::PromoteTo(d, hn::LoadU(floats, values + i));
    const auto b = hn::PromoteTo(d, hn::LoadU(floats, values + i + lanes));
    even = hn::MulAdd(a, a, even);
    odd = hn::MulAdd(b, b, odd);
  }
  double sum = hn::GetLane(hn::SumOfLanes(d, hn::Add(even, odd)));
  for (; i < count; ++i) sum += static_cast<double>(values[i]) * static_cast<double>(values[i]);
  return sum;
}

}  // namespace agront::ops::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace agront::ops {

HWY_EXPORT(Update);
HWY_EXPORT(SumSquares);

namespace {

constexpr size_t kPart = 1 << 16;  // values of a task

int64_t NumParts(size_t count) { return static_cast<int64_t>((count + kPart - 1) / kPart); }

}  // namespace

void AdamWUpdate(const AdamWBuffers& buffers, const AdamWSettings& settings, const AdamWStep& step) {
  const size_t count = buffers.values.size();
  if (buffers.gradients.size() != count || buffers.first_moments.size() != count ||
      buffers.second_moments.size() != count)
    Fail("adamw: {} values, {} gradients, {} and {} moments", count, buffers.gradients.size(),
         buffers.first_moments.size(), buffers.second_moments.size());
  const auto t = static_cast<double>(step.number);
  const auto update = HWY_DYNAMIC_DISPATCH(Update);
  ParallelFor(NumParts(count), [&](int64_t part) {
    const size_t first = static_cast<size_t>(part) * kPart;
    update({.values = buffers.values.data() + first,
            .gradients = buffers.gradients.data() + first,
            .first_moments = buffers.first_moments.data() + first,
            .second_moments = buffers.second_moments.data() + first,
            .count = std::min(kPart, count - first),
            .beta1 = static_cast<float>(settings.beta1),
            .beta2 = static_cast<float>(settings.beta2),
            .new1 = static_cast<float>(1 - settings.beta1),
            .new2 = static_cast<float>(1 - settings.beta2),
            .gradient_scale = static_cast<float>(step.gradient_scale),
            .keep = static_cast<float>(1 - step.rate * settings.weight_decay),
            .rate = static_cast<float>(step.rate / (1 - std::pow(settings.beta1, t))),
            .inverse_root = static_cast<float>(1 / std::sqrt(1 - std::pow(settings.beta2, t))),
            .epsilon = static_cast<float>(settings.epsilon)});
  });
}

double SumOfSquares(std::span<const float> values) {
  std::vector<double> sums(static_cast<size_t>(NumParts(values.size())));
  const auto sum = HWY_DYNAMIC_DISPATCH(SumSquares);
  ParallelFor(static_cast<int64_t>(sums.size()), [&](int64_t part) {
    const size_t first = static_cast<size_t>(part) * kPart;
    sums[part] = sum(values.data() + first, std::min(kPart, values.size() - first));
  });
  return std::accumulate(sums.begin(), sums.end(), 0.0);
}

}  // namespace agront::ops
#endif
