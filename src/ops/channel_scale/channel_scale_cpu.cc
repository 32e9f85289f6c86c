// SPDX-License-Identifier: Apache-2.0
// The loops are plain: the compiler makes vector code of them for each instruction set.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/channel_scale/channel_scale_cpu.cc"
#include <hwy/foreach_target.h>  // compiles this file once for each instruction set; comes before highway.h

#include <hwy/highway.h>

#include <algorithm>
#include <array>

#include "base/error.h"
#include "base/parallel.h"
#include "ops/channel_scale/channel_scale.h"

HWY_BEFORE_NAMESPACE();
namespace agront::ops::HWY_NAMESPACE {

void ScaleRow(const float* x, const float* scales, int64_t count, bool adds, float* y) {
  if (adds)
    for (int64_t c = 0; c < count; ++c) y[c] += x[c] * scales[c];
  else
    for (int64_t c = 0; c < count; ++c) y[c] = x[c] * scales[c];
}

/// sums[c] += x[c] y[c] over rows that are `stride` apart.
void AddProducts(const float* x, const float* y, int64_t rows, int64_t stride, int64_t count,
                 float* HWY_RESTRICT sums) {
  for (int64_t i = 0; i < rows; ++i, x += stride, y += stride)
    for (int64_t c = 0; c < count; ++c) sums[c] += x[c] * y[c];
}

}  // namespace agront::ops::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace agront::ops {

HWY_EXPORT(ScaleRow);
HWY_EXPORT(AddProducts);

namespace {

void Check(tensor::ConstMatrixView x, tensor::ConstMatrixView y, size_t scales) {
  if (x.rows != y.rows || x.cols != y.cols || static_cast<int64_t>(scales) != x.cols)
    Fail("channel_scale: x [{}, {}] and y [{}, {}] do not fit {} scales", x.rows, x.cols, y.rows, y.cols, scales);
}

}  // namespace

void ChannelScale(tensor::ConstMatrixView x, std::span<const float> scales, Accumulate accumulate,
                  tensor::MatrixView y) {
  Check(x, y, scales.size());
  const auto scale_row = HWY_DYNAMIC_DISPATCH(ScaleRow);
  constexpr int64_t kRows = 16;
  ParallelFor((x.rows + kRows - 1) / kRows, [&](int64_t task) {
    for (int64_t i = task * kRows; i < std::min(x.rows, (task + 1) * kRows); ++i)
      scale_row(x.row(i).data(), scales.data(), x.cols, accumulate == Accumulate::kAdd, y.row(i).data());
  });
}

void ChannelScaleBackwardScales(tensor::ConstMatrixView x, tensor::ConstMatrixView grad_y,
                                std::span<float> grad_scales) {
  Check(x, grad_y, grad_scales.size());
  const auto add_products = HWY_DYNAMIC_DISPATCH(AddProducts);
  // Sums of sums: the error of a long float32 sum grows with its length.
  constexpr int64_t kColumns = 128, kRows = 64;
  ParallelFor((x.cols + kColumns - 1) / kColumns, [&](int64_t task) {
    const int64_t first = task * kColumns;
    const int64_t count = std::min(kColumns, x.cols - first);
    for (int64_t begin = 0; begin < x.rows; begin += kRows) {
      std::array<float, kColumns> sums{};
      add_products(x.data + begin * x.cols + first, grad_y.data + begin * x.cols + first,
                   std::min(kRows, x.rows - begin), x.cols, count, sums.data());
      for (int64_t c = 0; c < count; ++c) grad_scales[first + c] += sums[c];
    }
  });
}

}  // namespace agront::ops
#endif
