// SPDX-License-Identifier: Apache-2.0
// The results of an 8-bit product from its sums, a row at a time (int8.h has the formula).
#if defined(AGRONT_OPS_INT8_COLUMNS) == defined(HWY_TARGET_TOGGLE)
#ifdef AGRONT_OPS_INT8_COLUMNS
#undef AGRONT_OPS_INT8_COLUMNS
#else
#define AGRONT_OPS_INT8_COLUMNS
#endif

#include <hwy/highway.h>

#include <algorithm>

#include "ops/elementwise/gelu-inl.h"
#include "ops/int8/int8.h"
#include "ops/matmul/epilogue.h"
#include "ops/matmul/int8/int8_columns.h"
#include "ops/panels/panels-inl.h"

HWY_BEFORE_NAMESPACE();
namespace agront::ops::HWY_NAMESPACE {

inline constexpr hwy::HWY_NAMESPACE::Rebind<int32_t, decltype(kFloats)> kInts;

/// The result of int8.h's formula, and the bias, from the sums of a vector of columns.
template <class Ints, class Floats>
HWY_INLINE Floats ValueOfSums(Ints sums, Ints weight_sums, Floats weight_scales, Floats bias, RowQuantization row) {
  namespace hn = hwy::HWY_NAMESPACE;
  const Ints centred = hn::Sub(sums, hn::Mul(hn::Set(kInts, row.zero), weight_sums));
  return hn::MulAdd(hn::ConvertTo(kFloats, centred), hn::Mul(hn::Set(kFloats, row.scale), weight_scales), bias);
}

template <Epilogue kEpilogue>
HWY_INLINE void FinishVector(const Int8Columns& at, RowQuantization row) {
  namespace hn = hwy::HWY_NAMESPACE;
  auto value = ValueOfSums(hn::LoadU(kInts, at.sums), hn::LoadU(kInts, at.weight_sums),
                           hn::LoadU(kFloats, at.weight_scales), hn::LoadU(kFloats, at.bias), row);
  if constexpr (kEpilogue == Epilogue::kGelu) value = Gelu(kFloats, value);
  if constexpr (kEpilogue == Epilogue::kAdd) value = hn::Add(value, hn::LoadU(kFloats, at.y));
  hn::StoreU(value, kFloats, at.y);
}

template <Epilogue kEpilogue>
void FinishColumns(const Int8Columns& first, size_t columns, RowQuantization row) {
  namespace hn = hwy::HWY_NAMESPACE;
  const size_t lanes = hn::Lanes(kFloats);
  size_t j = 0;
  for (; j + lanes <= columns; j += lanes)
    FinishVector<kEpilogue>(
        {first.sums + j, first.weight_sums + j, first.weight_scales + j, first.bias + j, first.y + j}, row);
  if (j == columns) return;
  // The last columns by way of whole vectors.
  constexpr size_t kMostLanes = hn::MaxLanes(kFloats);
  int32_t sums[kMostLanes] = {}, weight_sums[kMostLanes] = {};
  float weight_scales[kMostLanes] = {}, bias[kMostLanes] = {}, y[kMostLanes] = {};
  const size_t left = columns - j;
  std::copy_n(first.sums + j, left, sums);
  std::copy_n(first.weight_sums + j, left, weight_sums);
  std::copy_n(first.weight_scales + j, left, weight_scales);
  std::copy_n(first.bias + j, left, bias);
  std::copy_n(first.y + j, left, y);
  FinishVector<kEpilogue>({sums, weight_sums, weight_scales, bias, y}, row);
  std::copy_n(y, left, first.y + j);
}

inline void FinishRow(const Int8Columns& first, size_t columns, RowQuantization row, Epilogue epilogue) {
  switch (epilogue) {
    case Epilogue::kNone: return FinishColumns<Epilogue::kNone>(first, columns, row);
    case Epilogue::kGelu: return FinishColumns<Epilogue::kGelu>(first, columns, row);
    case Epilogue::kAdd: return FinishColumns<Epilogue::kAdd>(first, columns, row);
  }
}

}  // namespace agront::ops::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
