// SPDX-License-Identifier: Apache-2.0
// Layer normalisation with Highway: a row is read for its mean, its variance and its result while in the cache.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/layer_norm/layer_norm_cpu.cc"
#include <hwy/foreach_target.h>  // compiles this file once for each instruction set; comes before highway.h

#include <hwy/highway.h>

#include "base/error.h"
#include "base/parallel.h"
#include "ops/layer_norm/layer_norm.h"
#include "ops/op_times.h"

HWY_BEFORE_NAMESPACE();
namespace agront::ops::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

/// Sum of f(vector of lanes) over the row; lanes past the end are zero after f.
template <class D, class F>
float SumOver(D d, const float* row, size_t count, const F& f) {
  const size_t lanes = hn::Lanes(d);
  auto even = hn::Zero(d);
  auto odd = hn::Zero(d);
  size_t i = 0;
  for (; i + 2 * lanes <= count; i += 2 * lanes) {
    even = hn::Add(even, f(hn::LoadU(d, row + i)));
    odd = hn::Add(odd, f(hn::LoadU(d, row + i + lanes)));
  }
  for (; i + lanes <= count; i += lanes) even = hn::Add(even, f(hn::LoadU(d, row + i)));
  if (i < count) {
    const auto rest = hn::FirstN(d, count - i);
    odd = hn::Add(odd, hn::IfThenElseZero(rest, f(hn::MaskedLoad(rest, d, row + i))));
  }
  return hn::GetLane(hn::SumOfLanes(d, hn::Add(even, odd)));
}

void NormaliseRow(const float* x, const float* scale, const float* offset, size_t count, float epsilon, float* y) {
  const hn::ScalableTag<float> d;
  const size_t lanes = hn::Lanes(d);
  const float mean = SumOver(d, x, count, [](auto v) { return v; }) / static_cast<float>(count);
  const auto mean_lanes = hn::Set(d, mean);
  const float variance = SumOver(d, x, count,
                                 [&](auto v) {
                                   const auto centred = hn::Sub(v, mean_lanes);
                                   return hn::Mul(centred, centred);
                                 }) /
                         static_cast<float>(count);
  const auto inverse = hn::Set(d, 1.0f / std::sqrt(variance + epsilon));
  const auto normalise = [&](auto v, auto s, auto o) {
    return hn::MulAdd(hn::Mul(hn::Sub(v, mean_lanes), inverse), s, o);
  };
  size_t i = 0;
  for (; i + lanes <= count; i += lanes)
    hn::StoreU(normalise(hn::LoadU(d, x + i), hn::LoadU(d, scale + i), hn::LoadU(d, offset + i)), d, y + i);
  if (i < count) {
    const auto rest = hn::FirstN(d, count - i);
    const auto result = normalise(hn::MaskedLoad(rest, d, x + i), hn::MaskedLoad(rest, d, scale + i),
                                  hn::MaskedLoad(rest, d, offset + i));
    hn::BlendedStore(result, rest, d, y + i);
  }
}

}  // namespace agront::ops::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace agront::ops {

HWY_EXPORT(NormaliseRow);

void LayerNormForward(tensor::ConstMatrixView x, std::span<const float> scale, std::span<const float> offset,
                      float epsilon, tensor::MatrixView y) {
  const auto channels = static_cast<int64_t>(scale.size());
  if (x.cols != channels || y.cols != channels || offset.size() != scale.size() || x.rows != y.rows)
    Fail("layer_norm: x [{}, {}] and y [{}, {}] do not fit {} scales and {} offsets", x.rows, x.cols, y.rows, y.cols,
         scale.size(), offset.size());
  const OpTimer timer(OpKind::kLayerNorm, 0);
  const auto normalise = HWY_DYNAMIC_DISPATCH(NormaliseRow);
  constexpr int64_t kRowsPerTask = 16;
  ParallelFor((x.rows + kRowsPerTask - 1) / kRowsPerTask, [&](int64_t task) {
    const int64_t end = std::min(x.rows, (task + 1) * kRowsPerTask);
    for (int64_t i = task * kRowsPerTask; i < end; ++i)
      normalise(x.row(i).data(), scale.data(), offset.data(), scale.size(), epsilon, y.row(i).data());
  });
}

}  // namespace agront::ops
#endif
