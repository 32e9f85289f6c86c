// SPDX-License-Identifier: Apache-2.0
// A strip of 32 queries at a time against all keys: their scores are 32 T floats, in the second-level cache, so the
// softmax is computed once, row by row, and needs no correction. With intrinsics, as bf16_strip.cc.
#include "ops/attention/attention_bf16.h"

// GCC 12 warns of its own header (bug 105593).
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#include <immintrin.h>

#include <algorithm>
#include <cmath>

#include "ops/attention/attention_heads.h"
#include "ops/attention/bf16_strip.h"
#include "tensor/aligned_buffer.h"

#define AGRONT_WITH_BF16 __attribute__((target("avx512f,avx512bw,avx512vl,avx512bf16")))

namespace agront::ops {
namespace {

constexpr size_t kLanes = 16;

size_t DivideUp(size_t count, size_t step) { return (count + step - 1) / step; }

template <class T>
T* Room(tensor::ReusedBuffer<T>& buffer, size_t count) {
  buffer.Reserve(count);
  return buffer.data();
}

/// Memory of one thread, used again by its next task.
struct Scratch {
  tensor::ReusedBuffer<uint16_t> keys, values;  // tiles
  tensor::ReusedBuffer<uint16_t> queries;       // [32, depth]
  tensor::ReusedBuffer<float> scores;           // [32, keys]
  tensor::ReusedBuffer<uint16_t> weights;       // [32, keys]: the scores' powers of two
  tensor::ReusedBuffer<float> output;           // [32, channels]
};

__mmask16 FirstLanes(size_t count) { return static_cast<__mmask16>(count >= kLanes ? 0xffffu : (1u << count) - 1); }

/// 16 values from `first` on, those past `count` as zero.
AGRONT_WITH_BF16 __m512 LoadSome(const float* row, size_t first, size_t count) {
  return _mm512_maskz_loadu_ps(first < count ? FirstLanes(count - first) : 0, row + first);
}

AGRONT_WITH_BF16 void StoreRounded(__m512 values, uint16_t* to) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(values)));
}

/// A row of `count` values times `factor`, filled up with zeros to `room`.
AGRONT_WITH_BF16 void RoundRow(const float* row, size_t count, size_t room, float factor, uint16_t* to) {
  for (size_t i = 0; i < room; i += kLanes)
    StoreRounded(_mm512_mul_ps(LoadSome(row, i, count), _mm512_set1_ps(factor)), to + i);
}

/// Keys as the columns of tiles [keys / 16][depth / 32].
void PackKeys(HeadRows keys, size_t tokens, size_t padded, size_t head_width, size_t depth_tiles, uint16_t* tiles) {
  alignas(64) uint16_t row[kTileDepth];
  for (size_t key = 0; key < padded; ++key) {
    uint16_t* block = tiles + key / kTileColumns * depth_tiles * kTileSize + 2 * (key % kTileColumns);
    for (size_t tile = 0; tile < depth_tiles; ++tile) {
      const size_t first = tile * kTileDepth;
      const size_t count = key < tokens ? std::min(kTileDepth, head_width - first) : 0;
      RoundRow(key < tokens ? keys.row(key) + first : nullptr, count, kTileDepth, 1.0f, row);
      uint16_t* to = block + tile * kTileSize;
      for (size_t pair = 0; pair < kTileDepth / 2; ++pair) {
        to[pair * 2 * kTileColumns] = row[2 * pair];
        to[pair * 2 * kTileColumns + 1] = row[2 * pair + 1];
      }
    }
  }
}

/// Values as tiles [channels / 16][keys / 32].
AGRONT_WITH_BF16 void PackValues(HeadRows values, size_t tokens, size_t padded, size_t head_width, size_t column_tiles,
                                 uint16_t* tiles) {
  for (size_t column = 0; column < column_tiles; ++column)
    for (size_t key = 0; key < padded; key += 2, tiles += 2 * kTileColumns) {
      const size_t first = column * kTileColumns;
      __m512 pair[2] = {_mm512_setzero_ps(), _mm512_setzero_ps()};
      for (size_t i = 0; i < 2; ++i)
        if (key + i < tokens) pair[i] = LoadSome(values.row(key + i), first, head_width);
      const auto even = _mm512_cvtepu16_epi32(reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(pair[0])));
      const auto odd = _mm512_cvtepu16_epi32(reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(pair[1])));
      _mm512_store_si512(tiles, _mm512_or_si512(even, _mm512_slli_epi32(odd, 16)));
    }
}

/// 2^x for x <= 0, to 3e-6 of itself, of which bfloat16 keeps 4e-3. A NaN stays one.
AGRONT_WITH_BF16 __m512 Exp2(__m512 x) {
  x = _mm512_max_ps(_mm512_set1_ps(-150.0f), x);
  const __m512 whole = _mm512_roundscale_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  const __m512 part = _mm512_sub_ps(x, whole);
  // (ln 2)^k / k!
  __m512 power = _mm512_fmadd_ps(_mm512_set1_ps(1.33335581e-3f), part, _mm512_set1_ps(9.61812911e-3f));
  power = _mm512_fmadd_ps(power, part, _mm512_set1_ps(5.55041087e-2f));
  power = _mm512_fmadd_ps(power, part, _mm512_set1_ps(2.40226507e-1f));
  power = _mm512_fmadd_ps(power, part, _mm512_set1_ps(6.93147181e-1f));
  power = _mm512_fmadd_ps(power, part, _mm512_set1_ps(1.0f));
  return _mm512_scalef_ps(power, whole);
}

struct RowSums {
  float most;
  float sum;
};

/// weights = 2^(scores - most), those past `tokens` zero.
AGRONT_WITH_BF16 RowSums Exponentiate(const float* scores, size_t tokens, size_t padded, uint16_t* weights) {
  __m512 most = _mm512_set1_ps(-INFINITY);
  for (size_t k = 0; k < tokens; k += kLanes)
    most = _mm512_mask_max_ps(most, FirstLanes(tokens - k), most, _mm512_load_ps(scores + k));
  const float most_of_row = _mm512_reduce_max_ps(most);
  most = _mm512_set1_ps(most_of_row);
  __m512 sums = _mm512_setzero_ps();
  for (size_t k = 0; k < padded; k += kLanes) {
    const __mmask16 here = k < tokens ? FirstLanes(tokens - k) : 0;
    const __m512 weight = _mm512_maskz_mov_ps(here, Exp2(_mm512_sub_ps(_mm512_load_ps(scores + k), most)));
    sums = _mm512_add_ps(sums, weight);
    StoreRounded(weight, weights + k);
  }
  return {most_of_row, _mm512_reduce_add_ps(sums)};
}

void AttendHead(const HeadTask& task) {
  ConfigureTiles();
  thread_local Scratch scratch;
  const size_t depth_tiles = DivideUp(task.head_width, kTileDepth), depth = depth_tiles * kTileDepth;
  const size_t column_tiles = DivideUp(task.head_width, kTileColumns), columns = column_tiles * kTileColumns;
  const size_t key_tiles = DivideUp(task.tokens, kTileDepth), padded = key_tiles * kTileDepth;
  // Rows a whole number of 4 KB apart would all want the same lines of the first-level cache.
  const size_t stride = padded + kTileDepth;
  uint16_t* keys = Room(scratch.keys, padded * depth);
  uint16_t* values = Room(scratch.values, padded * columns);
  uint16_t* queries = Room(scratch.queries, kStripRows * depth);
  float* scores = Room(scratch.scores, kStripRows * stride);
  uint16_t* weights = Room(scratch.weights, kStripRows * stride);
  float* output = Room(scratch.output, kStripRows * columns);
  PackKeys(task.key, task.tokens, padded, task.head_width, depth_tiles, keys);
  PackValues(task.value, task.tokens, padded, task.head_width, column_tiles, values);

  constexpr double kLog2E = 1.4426950408889634;
  const auto factor = static_cast<float>(kLog2E / std::sqrt(static_cast<double>(task.head_width)));
  for (size_t first = task.first_query; first < task.last_query; first += kStripRows) {
    const size_t count = std::min(kStripRows, task.last_query - first);
    for (size_t r = 0; r < count; ++r)
      RoundRow(task.query.row(first + r), task.head_width, depth, factor, queries + r * depth);
    std::fill_n(queries + count * depth, (kStripRows - count) * depth, uint16_t{0});
    MultiplyStrip({queries, depth, keys, depth_tiles, padded / kTileColumns, scores, stride});
    RowSums sums[kStripRows];
    for (size_t r = 0; r < kStripRows; ++r)
      sums[r] = Exponentiate(scores + r * stride, task.tokens, padded, weights + r * stride);
    MultiplyStrip({weights, stride, values, key_tiles, column_tiles, output, columns});
    for (size_t r = 0; r < count; ++r) {
      const float inverse = 1 / sums[r].sum;
      for (size_t d = 0; d < task.head_width; ++d)
        task.output[(first + r) * task.output_stride + d] = output[r * columns + d] * inverse;
      if (task.log2_sums != nullptr) task.log2_sums[first + r] = sums[r].most + std::log2(sums[r].sum);
    }
  }
  ReleaseTiles();
}

}  // namespace

void AttentionForwardBf16(const AttentionInputs& inputs, tensor::MatrixView output, tensor::MatrixView log2_sums) {
  AttendHeads(inputs, AttendHead, kStripRows, output, log2_sums);
}

}  // namespace agront::ops
