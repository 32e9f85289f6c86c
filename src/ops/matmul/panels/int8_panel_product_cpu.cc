// SPDX-License-Identifier: Apache-2.0
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/matmul/panels/int8_panel_product_cpu.cc"
#include <hwy/foreach_target.h>  // compiles this file once for each instruction set; comes before highway.h

#include <hwy/highway.h>

#include <algorithm>
#include <cstring>

#include "base/error.h"
#include "base/parallel.h"
#include "ops/matmul/int8/int8_columns-inl.h"
#include "ops/matmul/panels/int8_panel_product.h"
#include "ops/matmul/panels/int8_panel_task.h"
#include "ops/matmul/product_parts.h"

HWY_BEFORE_NAMESPACE();
namespace agront::ops::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

/// sums [kInt8TileRows, kInt8PanelColumns] of rows and one panel, over `groups` groups of eight inputs.
#if HWY_TARGET == HWY_AVX2

HWY_INLINE __m256i FourInputs(const uint8_t* row) {
  int32_t bytes;
  std::memcpy(&bytes, row, sizeof(bytes));
  return _mm256_set1_epi32(bytes);
}

HWY_INLINE void SumTile(const uint8_t* const (&rows)[kInt8TileRows], const int8_t* panel, size_t groups,
                        int32_t* sums) {
  constexpr size_t kVectors = kInt8PanelColumns * sizeof(int32_t) / sizeof(__m256i);
  const __m256i ones = _mm256_set1_epi16(1);
  __m256i totals[kInt8TileRows][kVectors];
#pragma GCC unroll 8  // else the totals live in memory
  for (size_t i = 0; i < kInt8TileRows * kVectors; ++i) totals[i / kVectors][i % kVectors] = _mm256_setzero_si256();
  for (size_t k = 0; k < groups * kInt8GroupInputs; k += kInt8GroupInputs, panel += 2 * kVectors * sizeof(__m256i)) {
    const auto* weights = reinterpret_cast<const __m256i*>(panel);
    for (size_t r = 0; r < kInt8TileRows; ++r) {
      const __m256i low = FourInputs(rows[r] + k);
      const __m256i high = FourInputs(rows[r] + k + kInt8GroupInputs / 2);
      for (size_t v = 0; v < kVectors; ++v) {
        const __m256i first = _mm256_maddubs_epi16(low, _mm256_load_si256(weights + v));
        const __m256i second = _mm256_maddubs_epi16(high, _mm256_load_si256(weights + kVectors + v));
        totals[r][v] = _mm256_add_epi32(totals[r][v], _mm256_madd_epi16(_mm256_add_epi16(first, second), ones));
      }
    }
  }
#pragma GCC unroll 8
  for (size_t i = 0; i < kInt8TileRows * kVectors; ++i)
    _mm256_store_si256(reinterpret_cast<__m256i*>(sums) + i, totals[i / kVectors][i % kVectors]);
}

#else  // other instruction sets have oneDNN's product, and this only for completeness

void SumTile(const uint8_t* const (&rows)[kInt8TileRows], const int8_t* panel, size_t groups, int32_t* sums) {
  std::fill_n(sums, kInt8TileRows * kInt8PanelColumns, 0);
  for (size_t r = 0; r < kInt8TileRows; ++r)
    for (size_t k = 0; k < groups * kInt8GroupInputs; ++k)
      for (size_t c = 0; c < kInt8PanelColumns; ++c)
        sums[r * kInt8PanelColumns + c] += rows[r][k] * panel[Int8PanelPlace(k, c)];
}

#endif

template <Epilogue kEpilogue>
void MultiplyAndFinish(const Int8PanelTask& task) {
  const size_t groups = (task.in + kInt8GroupInputs - 1) / kInt8GroupInputs;
  const size_t panel_bytes = groups * kInt8GroupInputs * kInt8PanelColumns;
  for (size_t p = task.first_panel; p < task.last_panel; ++p) {
    const size_t column = p * kInt8PanelColumns;
    const size_t columns = std::min(kInt8PanelColumns, task.out - column);
    for (size_t i = 0; i < task.num_rows; i += kInt8TileRows) {
      const size_t count = std::min(kInt8TileRows, task.num_rows - i);
      const uint8_t* rows[kInt8TileRows];
      for (size_t r = 0; r < kInt8TileRows; ++r) rows[r] = task.quantized + (i + std::min(r, count - 1)) * task.in;
      HWY_ALIGN int32_t sums[kInt8TileRows * kInt8PanelColumns];
      SumTile(rows, task.panels + p * panel_bytes, groups, sums);
      for (size_t r = 0; r < count; ++r)
        FinishColumns<kEpilogue>({sums + r * kInt8PanelColumns, task.weight_sums + column, task.weight_scales + column,
                                  task.bias + column, task.y + (i + r) * task.out + column},
                                 columns, task.rows[i + r]);
    }
  }
}

void MultiplyInt8Task(const Int8PanelTask& task) {
  switch (task.epilogue) {
    case Epilogue::kNone: return MultiplyAndFinish<Epilogue::kNone>(task);
    case Epilogue::kGelu: return MultiplyAndFinish<Epilogue::kGelu>(task);
    case Epilogue::kAdd: return MultiplyAndFinish<Epilogue::kAdd>(task);
  }
}

}  // namespace agront::ops::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace agront::ops {

HWY_EXPORT(MultiplyInt8Task);

namespace {

constexpr auto kColumns = static_cast<int64_t>(kInt8PanelColumns);
constexpr auto kGroup = static_cast<int64_t>(kInt8GroupInputs);

/// With zeros up to a whole group.
int64_t PaddedInputs(int64_t in) { return DivideUp(in, kGroup) * kGroup; }

}  // namespace

size_t Int8PanelBytes(int64_t out, int64_t in) {
  return static_cast<size_t>(DivideUp(out, kColumns) * kColumns * PaddedInputs(in));
}

size_t Int8PanelIndex(int64_t output, int64_t input, int64_t in) {
  return static_cast<size_t>(output / kColumns * kColumns * PaddedInputs(in)) +
         Int8PanelPlace(static_cast<size_t>(input), static_cast<size_t>(output % kColumns));
}

void PackInt8Panels(const Int8WeightView& weights, std::span<int8_t> panels) {
  if (panels.size() != Int8PanelBytes(weights.out, weights.in))
    Fail("int8: {} bytes do not hold weights [{}, {}]", panels.size(), weights.out, weights.in);
  const int64_t panel_bytes = kColumns * PaddedInputs(weights.in);
  ParallelFor(DivideUp(weights.out, kColumns), [&](int64_t p) {
    int8_t* panel = panels.data() + p * panel_bytes;
    std::fill_n(panel, panel_bytes, int8_t{0});
    for (int64_t c = 0; c < std::min(kColumns, weights.out - p * kColumns); ++c) {
      const int8_t* row = weights.data + (p * kColumns + c) * weights.in;
      for (int64_t k = 0; k < weights.in; ++k)
        panel[Int8PanelPlace(static_cast<size_t>(k), static_cast<size_t>(c))] = row[k];
    }
  });
}

void MultiplyInt8Panels(const uint8_t* quantized, std::span<const RowQuantization> rows,
                        const Int8PanelWeights& weights, Epilogue epilogue, tensor::MatrixView y) {
  if (y.cols != weights.out || static_cast<int64_t>(rows.size()) < y.rows)
    Fail("int8: weights [{}, {}] and {} rows do not fit y [{}, {}]", weights.out, weights.in, rows.size(), y.rows,
         y.cols);
  constexpr int64_t kCacheBytes = 256 << 10;  // half the second-level cache
  constexpr auto kTile = static_cast<int64_t>(kInt8TileRows);
  const auto multiply = HWY_DYNAMIC_DISPATCH(MultiplyInt8Task);
  const int64_t most_rows = std::max<int64_t>(kTile, kCacheBytes / weights.in);
  ForEachProductPart(y.rows, DivideUp(weights.out, kColumns), most_rows, kTile, [&](const ProductPart& part) {
    multiply({quantized + part.first_row * weights.in, rows.data() + part.first_row, static_cast<size_t>(part.rows),
              static_cast<size_t>(weights.in), weights.panels, static_cast<size_t>(weights.out),
              static_cast<size_t>(part.first_panel), static_cast<size_t>(part.last_panel), weights.sums.data(),
              weights.scales.data(), weights.bias.data(), epilogue, y.data + part.first_row * y.cols});
  });
}

}  // namespace agront::ops
#endif
