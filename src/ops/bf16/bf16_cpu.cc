// SPDX-License-Identifier: Apache-2.0
// bfloat16 is the upper half of a float32. The loops are plain: the compiler makes vector code of them for each
// instruction set.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/bf16/bf16_cpu.cc"
#include <hwy/foreach_target.h>  // compiles this file once for each instruction set; comes before highway.h

#include <hwy/highway.h>

#include <algorithm>
#include <bit>

#include "base/error.h"
#include "base/parallel.h"
#include "ops/bf16/bf16.h"

HWY_BEFORE_NAMESPACE();
namespace agront::ops::HWY_NAMESPACE {

void RoundPiece(const float* values, int64_t count, uint16_t* rounded) {
  for (int64_t i = 0; i < count; ++i) {
    const auto bits = std::bit_cast<uint32_t>(values[i]);
    const uint32_t nearest = (bits + 0x7FFF + (bits >> 16 & 1)) >> 16;
    const uint32_t quiet_nan = bits >> 16 | 0x40;
    rounded[i] = static_cast<uint16_t>((bits & 0x7FFFFFFF) > 0x7F800000 ? quiet_nan : nearest);
  }
}

void WidenPiece(const uint16_t* values, int64_t count, float* wide) {
  for (int64_t i = 0; i < count; ++i) wide[i] = std::bit_cast<float>(static_cast<uint32_t>(values[i]) << 16);
}

}  // namespace agront::ops::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace agront::ops {

HWY_EXPORT(RoundPiece);
HWY_EXPORT(WidenPiece);

namespace {

constexpr int64_t kPiece = 1 << 15;

/// Calls work(first, count) for all pieces of `size` values.
template <class Work>
void ForEachPiece(size_t size, const Work& work) {
  const auto total = static_cast<int64_t>(size);
  ParallelFor((total + kPiece - 1) / kPiece,
              [&](int64_t piece) { work(piece * kPiece, std::min(kPiece, total - piece * kPiece)); });
}

void CheckSizes(size_t from, size_t to) {
  if (from != to) Fail("bf16: {} values do not fit into {}", from, to);
}

}  // namespace

void RoundToBf16(std::span<const float> values, std::span<uint16_t> rounded) {
  CheckSizes(values.size(), rounded.size());
  const auto round = HWY_DYNAMIC_DISPATCH(RoundPiece);
  ForEachPiece(values.size(),
               [&](int64_t first, int64_t count) { round(values.data() + first, count, rounded.data() + first); });
}

void RoundRowToBf16(std::span<const float> row, std::span<uint16_t> rounded) {
  if (rounded.size() < row.size()) Fail("bf16: {} values do not fit into {}", row.size(), rounded.size());
  HWY_DYNAMIC_DISPATCH(RoundPiece)(row.data(), static_cast<int64_t>(row.size()), rounded.data());
  std::ranges::fill(rounded.subspan(row.size()), uint16_t{0});
}

void RoundRowsToBf16(tensor::ConstMatrixView x, int64_t stride, std::span<uint16_t> rounded) {
  if (stride < x.cols || static_cast<int64_t>(rounded.size()) < x.rows * stride)
    Fail("bf16: no room for [{}, {}] in {} values, {} a row", x.rows, x.cols, rounded.size(), stride);
  const auto size = static_cast<size_t>(stride);
  ParallelFor(x.rows,
              [&](int64_t i) { RoundRowToBf16(x.row(i), rounded.subspan(static_cast<size_t>(i) * size, size)); });
}

void WidenBf16(std::span<const uint16_t> values, std::span<float> wide) {
  CheckSizes(values.size(), wide.size());
  const auto widen = HWY_DYNAMIC_DISPATCH(WidenPiece);
  ForEachPiece(values.size(),
               [&](int64_t first, int64_t count) { widen(values.data() + first, count, wide.data() + first); });
}

}  // namespace agront::ops
#endif
