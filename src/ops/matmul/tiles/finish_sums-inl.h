// SPDX-License-Identifier: Apache-2.0
// What follows the products of a block while its sums are in the first-level cache: scales, bias, GELU or residual, and
// where results go.
#if defined(AGRONT_OPS_FINISH_SUMS) == defined(HWY_TARGET_TOGGLE)
#ifdef AGRONT_OPS_FINISH_SUMS
#undef AGRONT_OPS_FINISH_SUMS
#else
#define AGRONT_OPS_FINISH_SUMS
#endif

#include <hwy/highway.h>

#include <type_traits>

#include "ops/elementwise/gelu-inl.h"
#include "ops/matmul/epilogue.h"
#include "ops/matmul/int8/int8_columns-inl.h"
#include "ops/matmul/tiles/tile_sums.h"
#include "ops/matmul/tiles/tile_task.h"
#include "ops/panels/panels-inl.h"

HWY_BEFORE_NAMESPACE();
namespace agront::ops::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

/// What the columns of a vector need to become results: of float32 sums their bias alone.
template <class Sum>
struct ColumnTerms {
  hn::Vec<decltype(kFloats)> bias;
};
template <>
struct ColumnTerms<int32_t> {
  hn::Vec<decltype(kFloats)> bias, weight_scales;
  hn::Vec<decltype(kInts)> weight_sums;
};

template <class Sum>
HWY_INLINE ColumnTerms<Sum> TermsAt(const TileTask& task, size_t column, hn::Mask<decltype(kFloats)> used) {
  const auto bias = hn::MaskedLoad(used, kFloats, task.bias + column);
  if constexpr (std::is_same_v<Sum, int32_t>)
    return {bias, hn::MaskedLoad(used, kFloats, task.weight_scales + column),
            hn::MaskedLoad(hn::RebindMask(kInts, used), kInts, task.weight_sums + column)};
  else
    return {bias};
}

HWY_INLINE auto Value(const TileTask& task, size_t row, const int32_t* sums, const ColumnTerms<int32_t>& terms) {
  return ValueOfSums(hn::Load(kInts, sums), terms.weight_sums, terms.weight_scales, terms.bias, task.quantization[row]);
}
HWY_INLINE auto Value(const TileTask& /*task*/, size_t /*row*/, const float* sums, const ColumnTerms<float>& terms) {
  return hn::Add(hn::Load(kFloats, sums), terms.bias);
}

/// kVectors of columns of all rows of the block: what belongs to a column is read once. Only the last one may be partly
/// used.
template <Epilogue kEpilogue, size_t kStride, size_t kVectors, bool kWhole, class Sum>
HWY_INLINE void FinishVectors(const TileTask& task, const Sum* sums, size_t first, size_t count, size_t column,
                              hn::Mask<decltype(kFloats)> used) {
  constexpr size_t kLanes = hn::MaxLanes(kFloats);
  ColumnTerms<Sum> terms[kVectors];
  for (size_t v = 0; v < kVectors; ++v) terms[v] = TermsAt<Sum>(task, column + v * kLanes, used);
  float* y = task.y + first * task.out + column;
  for (size_t i = 0; i < count; ++i, y += task.out, sums += kStride)
    for (size_t v = 0; v < kVectors; ++v) {
      float* at = y + v * kLanes;
      auto value = Value(task, first + i, sums + v * kLanes, terms[v]);
      if constexpr (kEpilogue == Epilogue::kGelu) value = GeluForLowPrecision(kFloats, value);
      if constexpr (kEpilogue == Epilogue::kAdd)
        value = hn::Add(value, kWhole ? hn::LoadU(kFloats, at) : hn::MaskedLoad(used, kFloats, at));
      if constexpr (kWhole)
        hn::StoreU(value, kFloats, at);
      else
        hn::BlendedStore(value, used, kFloats, at);
    }
}

/// The upper half of each value, rounded as RoundToBf16 does.
HWY_INLINE auto RoundedHalves(Floats values) {
  const hn::RebindToUnsigned<decltype(kFloats)> bits_tag;
  const auto bits = hn::BitCast(bits_tag, values);
  const auto upper = hn::ShiftRight<16>(bits);
  const auto nearest =
      hn::ShiftRight<16>(hn::Add(bits, hn::Add(hn::Set(bits_tag, 0x7FFF), hn::And(upper, hn::Set(bits_tag, 1)))));
  const auto quiet_nan = hn::Or(upper, hn::Set(bits_tag, 0x40));
  const auto is_nan = hn::RebindMask(bits_tag, hn::IsNaN(values));
  return hn::DemoteTo(hn::Rebind<uint16_t, decltype(kFloats)>(),
                      hn::BitCast(kInts, hn::IfThenElse(is_nan, quiet_nan, nearest)));
}

/// The result of a row from its float32 sums, as whole lines of bfloat16.
template <Epilogue kEpilogue>
HWY_INLINE void FinishLines(const float* sums, const float* bias, size_t columns, uint16_t* line) {
  constexpr size_t kLineValues = kTileRowBytes / sizeof(uint16_t);
  const size_t whole = (columns + kLineValues - 1) / kLineValues * kLineValues;
  for (size_t j = 0; j < whole; j += hn::Lanes(kFloats)) {
    const auto used = hn::FirstN(kFloats, columns > j ? columns - j : 0);
    auto value = hn::Add(hn::Load(kFloats, sums + j), hn::MaskedLoad(used, kFloats, bias + j));
    if constexpr (kEpilogue == Epilogue::kGelu) value = GeluForLowPrecision(kFloats, value);
    hn::StoreU(RoundedHalves(hn::IfThenElseZero(used, value)), hn::Rebind<uint16_t, decltype(kFloats)>(), line + j);
  }
}

/// Sums [count, columns] of rows from `first` on become y.
template <Epilogue kEpilogue, size_t kStride, class Sum>
HWY_INLINE void FinishSums(const TileTask& task, const Sum* sums, size_t first, size_t count, size_t column,
                           size_t columns) {
  if constexpr (!std::is_same_v<Sum, int32_t>)
    if (task.lines != nullptr) {
      for (size_t i = 0; i < count; ++i)
        FinishLines<kEpilogue>(sums + i * kStride, task.bias + column, columns,
                               task.lines + (first + i) * task.line_stride + column);
      return;
    }
  constexpr size_t kLanes = hn::MaxLanes(kFloats);
  if (columns == kStride)
    return FinishVectors<kEpilogue, kStride, kStride / kLanes, true>(task, sums, first, count, column,
                                                                     hn::FirstN(kFloats, kLanes));
  for (size_t j = 0; j < columns; j += kLanes)
    FinishVectors<kEpilogue, kStride, 1, false>(task, sums + j, first, count, column + j,
                                                hn::FirstN(kFloats, columns - j));
}

}  // namespace agront::ops::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
