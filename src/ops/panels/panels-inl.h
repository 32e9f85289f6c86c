// SPDX-License-Identifier: Apache-2.0
// The innermost product of all our own matrix kernels: a panel of rows times a panel of columns, sums in registers.
//
//   sums [rows, columns] += A [rows, depth] B [depth, columns],  columns = kPanelVectors vectors
//
// Both panels lie in memory in the order of their use: A as [depth][rows], B as [depth][columns]. So each is one stream
// from the cache, whatever the matrices' own strides are. Included by `_cpu.cc` files, once for each instruction set.
#if defined(AGRONT_OPS_PANELS) == defined(HWY_TARGET_TOGGLE)
#ifdef AGRONT_OPS_PANELS
#undef AGRONT_OPS_PANELS
#else
#define AGRONT_OPS_PANELS
#endif

#include <hwy/cache_control.h>
#include <hwy/highway.h>

#include <algorithm>
#include <cstddef>
#include <utility>

HWY_BEFORE_NAMESPACE();
namespace agront::ops::HWY_NAMESPACE {

inline constexpr hwy::HWY_NAMESPACE::ScalableTag<float> kFloats;
using Floats = hwy::HWY_NAMESPACE::Vec<decltype(kFloats)>;

// Sums that stay in registers: 24 of AVX-512's 32, 12 of AVX2's 16.
inline constexpr size_t kPanelRows = HWY_TARGET <= HWY_AVX3 ? 12 : 6;
inline constexpr size_t kPanelVectors = 2;

HWY_INLINE size_t PanelColumns() { return kPanelVectors * hwy::HWY_NAMESPACE::Lanes(kFloats); }

template <size_t kRows>
struct PanelSums {
  Floats at[kRows][kPanelVectors];
};

template <size_t kRows, size_t... kSums>
HWY_INLINE void AddPanelProduct(const float* HWY_RESTRICT a, const float* HWY_RESTRICT b, size_t depth,
                                PanelSums<kRows>& sums, std::index_sequence<kSums...> /*all*/) {
  namespace hn = hwy::HWY_NAMESPACE;
  constexpr size_t kAhead = 32;
  const size_t lanes = hn::Lanes(kFloats);
  Floats at[] = {sums.at[kSums / kPanelVectors][kSums % kPanelVectors]...};
#pragma GCC unroll 4
  for (size_t k = 0; k < depth; ++k, a += kRows, b += kPanelVectors * lanes) {
    // Two lines ahead, into the next panel at the end: A comes from the second-level cache while B stays in the first.
    hwy::Prefetch(a + kAhead);
    Floats values[kPanelVectors];
    for (size_t v = 0; v < kPanelVectors; ++v) values[v] = hn::Load(kFloats, b + v * lanes);
    ((at[kSums] = hn::MulAdd(hn::Set(kFloats, a[kSums / kPanelVectors]), values[kSums % kPanelVectors], at[kSums])),
     ...);
  }
  ((sums.at[kSums / kPanelVectors][kSums % kPanelVectors] = at[kSums]), ...);
}

/// The sums are spelled out one by one, as constants: in loops GCC 12 unrolls too late to keep them out of memory.
template <size_t kRows>
HWY_INLINE void AddPanelProduct(const float* HWY_RESTRICT a, const float* HWY_RESTRICT b, size_t depth,
                                PanelSums<kRows>& sums) {
  AddPanelProduct(a, b, depth, sums, std::make_index_sequence<kRows * kPanelVectors>());
}

#if HWY_TARGET != HWY_SCALAR  // which has no vectors to shuffle

/// to[k stride + r] = from[r][k] for kRows rows of 4 values each.
template <size_t kRows>
HWY_INLINE void TransposeFour(const float* const (&from)[kRows], float* to, size_t stride) {
  namespace hn = hwy::HWY_NAMESPACE;
  static_assert(kRows == 4 || kRows == 2);
  const hn::FixedTag<float, 4> four;
  const hn::FixedTag<double, 2> pairs;
  const auto first = hn::LoadU(four, from[0]);
  const auto second = hn::LoadU(four, from[1]);
  const auto low = hn::InterleaveLower(four, first, second);   // a0 b0 a1 b1
  const auto high = hn::InterleaveUpper(four, first, second);  // a2 b2 a3 b3
  if constexpr (kRows == 2) {
    const hn::FixedTag<float, 2> two;
    hn::StoreU(hn::LowerHalf(two, low), two, to);
    hn::StoreU(hn::UpperHalf(two, low), two, to + stride);
    hn::StoreU(hn::LowerHalf(two, high), two, to + 2 * stride);
    hn::StoreU(hn::UpperHalf(two, high), two, to + 3 * stride);
  } else {
    const auto third = hn::LoadU(four, from[2]);
    const auto fourth = hn::LoadU(four, from[3]);
    const auto low_pair = hn::BitCast(pairs, hn::InterleaveLower(four, third, fourth));
    const auto high_pair = hn::BitCast(pairs, hn::InterleaveUpper(four, third, fourth));
    const auto store = [&](auto both, size_t k) { hn::StoreU(hn::BitCast(four, both), four, to + k * stride); };
    store(hn::InterleaveLower(pairs, hn::BitCast(pairs, low), low_pair), 0);
    store(hn::InterleaveUpper(pairs, hn::BitCast(pairs, low), low_pair), 1);
    store(hn::InterleaveLower(pairs, hn::BitCast(pairs, high), high_pair), 2);
    store(hn::InterleaveUpper(pairs, hn::BitCast(pairs, high), high_pair), 3);
  }
}

#endif

/// `rows` x `depth` values, row after row, to [depth][stride]: a panel's own rows, or columns.
inline void Transpose(const float* from, size_t from_stride, size_t rows, size_t depth, float* to, size_t stride) {
  size_t whole = 0;
  const auto row = [&](size_t r, size_t k) { return from + r * from_stride + k; };
#if HWY_TARGET != HWY_SCALAR
  whole = depth / 4 * 4;
  size_t r = 0;
  for (; r + 4 <= rows; r += 4)
    for (size_t k = 0; k < whole; k += 4)
      TransposeFour<4>({row(r, k), row(r + 1, k), row(r + 2, k), row(r + 3, k)}, to + k * stride + r, stride);
  if (r + 2 <= rows) {
    for (size_t k = 0; k < whole; k += 4) TransposeFour<2>({row(r, k), row(r + 1, k)}, to + k * stride + r, stride);
    r += 2;
  }
  if (r < rows)
    for (size_t k = 0; k < whole; ++k) to[k * stride + r] = *row(r, k);
#endif
  for (size_t i = 0; i < rows; ++i)
    for (size_t k = whole; k < depth; ++k) to[k * stride + i] = *row(i, k);
}

/// A panel of `count` <= kPanelRows rows of a matrix; the others are zero.
inline void PackRowPanel(const float* matrix, size_t stride, size_t count, size_t depth, float* panel) {
  if (count < kPanelRows) std::fill_n(panel, depth * kPanelRows, 0.0f);
  Transpose(matrix, stride, count, depth, panel, kPanelRows);
}

}  // namespace agront::ops::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
