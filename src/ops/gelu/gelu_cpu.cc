// SPDX-License-Identifier: Apache-2.0
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/gelu/gelu_cpu.cc"
#include <hwy/foreach_target.h>  // compiles this file once for each instruction set; comes before highway.h

#include <hwy/highway.h>

#include <algorithm>
#include <cstdint>

#include "base/error.h"
#include "base/parallel.h"
#include "ops/elementwise/gelu-inl.h"
#include "ops/gelu/gelu.h"

HWY_BEFORE_NAMESPACE();
namespace agront::ops::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

void GeluOf(const float* x, size_t count, float* y) {
  const hn::ScalableTag<float> d;
  const size_t lanes = hn::Lanes(d);
  size_t i = 0;
  for (; i + lanes <= count; i += lanes) hn::StoreU(Gelu(d, hn::LoadU(d, x + i)), d, y + i);
  if (i == count) return;
  const auto rest = hn::FirstN(d, count - i);
  hn::BlendedStore(Gelu(d, hn::MaskedLoad(rest, d, x + i)), rest, d, y + i);
}

void MultiplyByGradient(const float* x, size_t count, float* gradient) {
  const hn::ScalableTag<float> d;
  const size_t lanes = hn::Lanes(d);
  size_t i = 0;
  for (; i + lanes <= count; i += lanes)
    hn::StoreU(hn::Mul(hn::LoadU(d, gradient + i), GeluGradient(d, hn::LoadU(d, x + i))), d, gradient + i);
  if (i == count) return;
  const auto rest = hn::FirstN(d, count - i);
  const auto factor = GeluGradient(d, hn::MaskedLoad(rest, d, x + i));
  hn::BlendedStore(hn::Mul(hn::MaskedLoad(rest, d, gradient + i), factor), rest, d, gradient + i);
}

}  // namespace agront::ops::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace agront::ops {

HWY_EXPORT(GeluOf);
HWY_EXPORT(MultiplyByGradient);

namespace {

template <class Work>
void ForEachPart(size_t x_size, size_t y_size, const Work& work) {
  if (x_size != y_size) Fail("gelu: {} inputs, {} outputs", x_size, y_size);
  constexpr size_t kPart = 16384;
  ParallelFor(static_cast<int64_t>((x_size + kPart - 1) / kPart), [&](int64_t part) {
    const size_t first = static_cast<size_t>(part) * kPart;
    work(first, std::min(kPart, x_size - first));
  });
}

}  // namespace

void GeluForward(std::span<const float> x, std::span<float> y) {
  const auto gelu = HWY_DYNAMIC_DISPATCH(GeluOf);
  ForEachPart(x.size(), y.size(), [&](size_t first, size_t count) { gelu(x.data() + first, count, y.data() + first); });
}

void GeluBackward(std::span<const float> x, std::span<float> gradient) {
  const auto multiply = HWY_DYNAMIC_DISPATCH(MultiplyByGradient);
  ForEachPart(x.size(), gradient.size(),
              [&](size_t first, size_t count) { multiply(x.data() + first, count, gradient.data() + first); });
}

}  // namespace agront::ops
#endif
