// SPDX-License-Identifier: Apache-2.0
// Layer normalisation with Highway: a row is read for its mean, its variance and its result while in the cache.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/layer_norm/layer_norm_cpu.cc"
#include <hwy/foreach_target.h>  // compiles this file once for each instruction set; comes before highway.h

#include <hwy/highway.h>

#include "base/error.h"
#include "base/parallel.h"
#include "ops/layer_norm/layer_norm.h"
#include "ops/layer_norm/layer_norm_rows.h"
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

/// Calls work(i, load, store) for each vector of a row; lanes past the end load as zero and are not stored.
template <class D, class Work>
HWY_INLINE void ForEachVector(D d, size_t count, const Work& work) {
  const size_t lanes = hn::Lanes(d);
  size_t i = 0;
  for (; i + lanes <= count; i += lanes)
    work(
        i, [d](const float* from) { return hn::LoadU(d, from); }, [d](auto v, float* to) { hn::StoreU(v, d, to); });
  if (i == count) return;
  const auto rest = hn::FirstN(d, count - i);
  work(
      i, [d, rest](const float* from) { return hn::MaskedLoad(rest, d, from); },
      [d, rest](auto v, float* to) { hn::BlendedStore(v, rest, d, to); });
}

struct Moments {
  float mean;
  float inverse;  // of the deviation
};

template <class D>
Moments MomentsOf(D d, const float* x, size_t count, float epsilon) {
  const float mean = SumOver(d, x, count, [](auto v) { return v; }) / static_cast<float>(count);
  const auto mean_lanes = hn::Set(d, mean);
  const float variance = SumOver(d, x, count,
                                 [&](auto v) {
                                   const auto centred = hn::Sub(v, mean_lanes);
                                   return hn::Mul(centred, centred);
                                 }) /
                         static_cast<float>(count);
  return {mean, 1.0f / std::sqrt(variance + epsilon)};
}

void NormaliseRow(const float* x, const float* scale, const float* offset, size_t count, float epsilon, float* y) {
  const hn::ScalableTag<float> d;
  const size_t lanes = hn::Lanes(d);
  const Moments moments = MomentsOf(d, x, count, epsilon);
  const auto mean_lanes = hn::Set(d, moments.mean);
  const auto inverse = hn::Set(d, moments.inverse);
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

/// Rows of x and grad_y to grad_x (unless null) and the sums of the rows' gradients, [2][count]: scales, then offsets.
void BackwardRows(const LayerNormRows& rows, float* sums) {
  const hn::ScalableTag<float> d;
  const size_t count = rows.channels;
  std::fill_n(sums, 2 * count, 0.0f);
  for (size_t r = 0; r < rows.rows; ++r) {
    const float* x = rows.x + r * count;
    const float* grad_y = rows.grad_y + r * count;
    const Moments moments = MomentsOf(d, x, count, rows.epsilon);
    const auto mean = hn::Set(d, moments.mean);
    const auto inverse = hn::Set(d, moments.inverse);
    auto sum = hn::Zero(d), product = hn::Zero(d);
    ForEachVector(d, count, [&](size_t i, auto load, auto store) {
      const auto gradient = load(grad_y + i);
      const auto normal = hn::Mul(hn::Sub(load(x + i), mean), inverse);
      const auto scaled = hn::Mul(gradient, load(rows.scale + i));
      sum = hn::Add(sum, scaled);
      product = hn::MulAdd(scaled, normal, product);
      store(hn::MulAdd(gradient, normal, load(sums + i)), sums + i);
      store(hn::Add(gradient, load(sums + count + i)), sums + count + i);
    });
    if (rows.grad_x == nullptr) continue;
    const auto mean_sum = hn::Set(d, hn::GetLane(hn::SumOfLanes(d, sum)) / static_cast<float>(count));
    const auto mean_product = hn::Set(d, hn::GetLane(hn::SumOfLanes(d, product)) / static_cast<float>(count));
    float* grad_x = rows.grad_x + r * count;
    ForEachVector(d, count, [&](size_t i, auto load, auto store) {
      const auto normal = hn::Mul(hn::Sub(load(x + i), mean), inverse);
      const auto centred = hn::Sub(hn::Mul(load(grad_y + i), load(rows.scale + i)), mean_sum);
      store(hn::MulAdd(hn::NegMulAdd(normal, mean_product, centred), inverse, load(grad_x + i)), grad_x + i);
    });
  }
}

}  // namespace agront::ops::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace agront::ops {

HWY_EXPORT(NormaliseRow);
HWY_EXPORT(BackwardRows);

void LayerNormForward(tensor::ConstMatrixView x, std::span<const float> scale, std::span<const float> offset,
                      float epsilon, tensor::MatrixView y, const std::function<void(int64_t)>& row_done) {
  const auto channels = static_cast<int64_t>(scale.size());
  if (x.cols != channels || y.cols != channels || offset.size() != scale.size() || x.rows != y.rows)
    Fail("layer_norm: x [{}, {}] and y [{}, {}] do not fit {} scales and {} offsets", x.rows, x.cols, y.rows, y.cols,
         scale.size(), offset.size());
  const OpTimer timer(OpKind::kLayerNorm, 0);
  const auto normalise = HWY_DYNAMIC_DISPATCH(NormaliseRow);
  constexpr int64_t kRowsPerTask = 16;
  ParallelFor((x.rows + kRowsPerTask - 1) / kRowsPerTask, [&](int64_t task) {
    const int64_t end = std::min(x.rows, (task + 1) * kRowsPerTask);
    for (int64_t i = task * kRowsPerTask; i < end; ++i) {
      normalise(x.row(i).data(), scale.data(), offset.data(), scale.size(), epsilon, y.row(i).data());
      if (row_done) row_done(i);
    }
  });
}

void LayerNormBackward(tensor::ConstMatrixView x, std::span<const float> scale, float epsilon,
                       tensor::ConstMatrixView grad_y, const LayerNormGradients& gradients) {
  const auto& [grad_x, grad_scale, grad_offset] = gradients;
  const auto channels = static_cast<int64_t>(scale.size());
  const auto fits = [&](std::span<float> sums) { return sums.empty() || sums.size() == scale.size(); };
  if (x.cols != channels || grad_y.cols != channels || grad_y.rows != x.rows || !fits(grad_scale) ||
      !fits(grad_offset) || (grad_x.data != nullptr && (grad_x.rows != x.rows || grad_x.cols != channels)))
    Fail("layer_norm: x [{}, {}], grad_y [{}, {}] and {} scales do not fit the gradients", x.rows, x.cols, grad_y.rows,
         grad_y.cols, scale.size());
  const OpTimer timer(OpKind::kLayerNorm, 0);
  constexpr int64_t kRowsPerTask = 64;
  const int64_t tasks = (x.rows + kRowsPerTask - 1) / kRowsPerTask;
  const tensor::AlignedBuffer<float> sums(static_cast<size_t>(tasks * 2 * channels));
  const auto backward = HWY_DYNAMIC_DISPATCH(BackwardRows);
  ParallelFor(tasks, [&, grad_x = grad_x](int64_t task) {
    const int64_t first = task * kRowsPerTask;
    backward({x.data + first * channels, scale.data(), epsilon, grad_y.data + first * channels,
              grad_x.data == nullptr ? nullptr : grad_x.data + first * channels,
              static_cast<size_t>(std::min(kRowsPerTask, x.rows - first)), scale.size()},
             sums.data() + task * 2 * channels);
  });
  for (int64_t task = 0; task < tasks; ++task) {
    const float* of_task = sums.data() + task * 2 * channels;
    for (size_t c = 0; c < grad_scale.size(); ++c) grad_scale[c] += of_task[c];
    for (size_t c = 0; c < grad_offset.size(); ++c) grad_offset[c] += of_task[scale.size() + c];
  }
}

}  // namespace agront::ops
#endif
