// SPDX-License-Identifier: Apache-2.0
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/int8/int8_cpu.cc"
#include <hwy/foreach_target.h>  // compiles this file once for each instruction set; comes before highway.h

#include <hwy/highway.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "base/parallel.h"
#include "ops/int8/int8.h"
#include "ops/op_times.h"
#include "ops/panels/panels-inl.h"

HWY_BEFORE_NAMESPACE();
namespace agront::ops::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

constexpr hn::Rebind<uint8_t, decltype(kFloats)> kBytes;
constexpr hn::Rebind<int32_t, decltype(kFloats)> kInts;

struct Range {
  float least;
  float most;
};

/// Zero included; both NaN when a value is not finite.
Range FindRange(const float* row, size_t count) {
  const size_t lanes = hn::Lanes(kFloats);
  auto least = hn::Zero(kFloats);
  auto most = hn::Zero(kFloats);
  auto poison = hn::Zero(kFloats);  // 0 times what is not finite is NaN
  size_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    const auto values = hn::LoadU(kFloats, row + i);
    least = hn::Min(least, values);
    most = hn::Max(most, values);
    poison = hn::MulAdd(values, hn::Zero(kFloats), poison);
  }
  Range range{hn::GetLane(hn::MinOfLanes(kFloats, least)), hn::GetLane(hn::MaxOfLanes(kFloats, most))};
  float rest_poison = hn::GetLane(hn::SumOfLanes(kFloats, poison));
  for (; i < count; ++i) {
    range.least = std::min(range.least, row[i]);
    range.most = std::max(range.most, row[i]);
    rest_poison += row[i] * 0.0f;
  }
  if (std::isnan(rest_poison)) range = {rest_poison, rest_poison};
  return range;
}

RowQuantization QuantizeValues(const float* row, size_t count, uint8_t* quantized) {
  constexpr float kMost = kMostInt8Input;
  const Range range = FindRange(row, count);
  const float scale = (range.most - range.least) / kMost;
  if (!(scale > 0)) {
    std::fill_n(quantized, count, uint8_t{0});
    return {scale, 0};
  }
  const float inverse = 1 / scale;
  const auto zero = static_cast<int32_t>(std::lround(-range.least * inverse));
  const size_t lanes = hn::Lanes(kFloats);
  const auto factor = hn::Set(kFloats, inverse);
  const auto offset = hn::Set(kInts, zero);
  size_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    const auto steps = hn::NearestInt(hn::Mul(hn::LoadU(kFloats, row + i), factor));
    const auto clamped = hn::Min(hn::Max(hn::Add(steps, offset), hn::Zero(kInts)), hn::Set(kInts, kMostInt8Input));
    hn::StoreU(hn::DemoteTo(kBytes, clamped), kBytes, quantized + i);
  }
  for (; i < count; ++i)
    quantized[i] = static_cast<uint8_t>(
        std::clamp(static_cast<int32_t>(std::nearbyint(row[i] * inverse)) + zero, int32_t{0}, kMostInt8Input));
  return {scale, zero};
}

ChannelQuantization QuantizeChannel(const float* weights, size_t count, int8_t* quantized) {
  const Range range = FindRange(weights, count);
  const float scale = std::max(-range.least, range.most) / kMostInt8Weight;
  if (!(scale >= std::numeric_limits<float>::min())) {  // not finite, or so small that 1 / scale is not
    std::fill_n(quantized, count, int8_t{0});
    return {scale, 0, 0};
  }
  constexpr hn::Rebind<int8_t, decltype(kFloats)> kSignedBytes;
  const size_t lanes = hn::Lanes(kFloats);
  const auto factor = hn::Set(kFloats, 1 / scale);
  const auto scales = hn::Set(kFloats, scale);
  const auto most = hn::Set(kInts, kMostInt8Weight);
  auto error = hn::Zero(kFloats);
  auto square = hn::Zero(kFloats);
  const auto quantize = [&](auto values) {
    const auto steps = hn::Min(hn::Max(hn::NearestInt(hn::Mul(values, factor)), hn::Neg(most)), most);
    const auto lost = hn::NegMulAdd(hn::ConvertTo(kFloats, steps), scales, values);
    error = hn::MulAdd(lost, lost, error);
    square = hn::MulAdd(values, values, square);
    return hn::DemoteTo(kSignedBytes, steps);
  };
  size_t i = 0;
  for (; i + lanes <= count; i += lanes)
    hn::StoreU(quantize(hn::LoadU(kFloats, weights + i)), kSignedBytes, quantized + i);
  if (i < count) {
    const auto rest = quantize(hn::MaskedLoad(hn::FirstN(kFloats, count - i), kFloats, weights + i));
    HWY_ALIGN int8_t bytes[hn::MaxLanes(kFloats)];
    hn::Store(rest, kSignedBytes, bytes);
    std::copy_n(bytes, count - i, quantized + i);
  }
  return {scale, hn::GetLane(hn::SumOfLanes(kFloats, error)), hn::GetLane(hn::SumOfLanes(kFloats, square))};
}

}  // namespace agront::ops::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace agront::ops {

HWY_EXPORT(QuantizeValues);
HWY_EXPORT(QuantizeChannel);

void QuantizeRows(tensor::ConstMatrixView x, int64_t stride, std::span<uint8_t> quantized,
                  std::span<RowQuantization> rows) {
  if (stride < x.cols || static_cast<int64_t>(quantized.size()) < x.rows * stride ||
      static_cast<int64_t>(rows.size()) < x.rows)
    Fail("int8: no room for [{}, {}] in {} values, {} a row", x.rows, x.cols, quantized.size(), stride);
  const OpTimer timer(OpKind::kQuantize, 0);
  const auto size = static_cast<size_t>(stride);
  ParallelFor(x.rows, [&](int64_t i) {
    rows[i] = QuantizeRow(x.row(i), quantized.subspan(static_cast<size_t>(i) * size, size));
  });
}

RowQuantization QuantizeRow(std::span<const float> row, std::span<uint8_t> quantized) {
  if (quantized.size() < row.size()) Fail("int8: {} values do not fit into {}", row.size(), quantized.size());
  const RowQuantization result = HWY_DYNAMIC_DISPATCH(QuantizeValues)(row.data(), row.size(), quantized.data());
  std::ranges::fill(quantized.subspan(row.size()), uint8_t{0});
  return result;
}

ChannelQuantization QuantizeWeights(std::span<const float> weights, std::span<int8_t> quantized) {
  if (quantized.size() != weights.size()) Fail("int8: {} values do not fit into {}", weights.size(), quantized.size());
  return HWY_DYNAMIC_DISPATCH(QuantizeChannel)(weights.data(), weights.size(), quantized.data());
}

void CheckInt8Terms(int64_t in) {
  if (in > kMostInt8Terms) Fail("int8: expected at most {} inputs, got {}", kMostInt8Terms, in);
}

}  // namespace agront::ops
#endif
