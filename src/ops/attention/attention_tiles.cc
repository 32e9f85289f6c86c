// SPDX-License-Identifier: Apache-2.0
// A strip of 32 queries at a time: first its weights, a block of 32 keys after the other, where the vector unit makes
// weights of the scores that the tiles have just left in the first-level cache; then their product with the values.
// With intrinsics, as bf16_vectors.h.
#include <algorithm>
#include <cmath>

#include "ops/attention/attention_heads.h"
#include "ops/attention/attention_kernels.h"
#include "ops/attention/bf16_strip.h"
#include "ops/attention/head_tiles.h"
#include "ops/attention/strip_softmax.h"
#include "ops/tiles/tiles.h"

namespace agront::ops {
namespace {

constexpr size_t kBlockKeys = StripSoftmax::kKeys;

size_t DivideUp(size_t count, size_t step) { return (count + step - 1) / step; }

template <class T>
T* Room(tensor::ReusedBuffer<T>& buffer, size_t count) {
  buffer.Reserve(count);
  return buffer.data();
}

/// Memory of one thread, used again by its next task.
struct Scratch {
  tensor::ReusedBuffer<uint16_t> keys, values;  // tiles
  tensor::ReusedBuffer<uint16_t> rows;          // [32, depth]: queries; while keys are packed, 16 of them
  tensor::ReusedBuffer<float> output;           // [32, channels]
  tensor::ReusedBuffer<float> scores;           // of two blocks, each [32, kBlockKeys]
  tensor::ReusedBuffer<uint16_t> weights;       // [32, keys]
};

/// output[0, count) = row times factor.
AGRONT_WITH_BF16_TILES void ScaleRow(const float* row, size_t count, float factor, float* output) {
  for (size_t i = 0; i < count; i += kLanes)
    _mm512_mask_storeu_ps(output + i, FirstLanes(count - i),
                          _mm512_mul_ps(_mm512_loadu_ps(row + i), _mm512_set1_ps(factor)));
}

// NOLINTNEXTLINE(readability-function-size): a kernel, whose parts would hand the same buffers and tiles to each other
AGRONT_WITH_BF16_TILES void AttendHead(const HeadTask& task) {
  ConfigureTiles();
  thread_local Scratch scratch;
  const size_t depth_tiles = DivideUp(task.head_width, kTileDepth), depth = depth_tiles * kTileDepth;
  const size_t column_tiles = DivideUp(task.head_width, kTileColumns), columns = column_tiles * kTileColumns;
  const size_t key_tiles = DivideUp(task.tokens, kTileDepth), padded = key_tiles * kTileDepth;
  const size_t blocks = padded / kBlockKeys;
  // Rows a whole number of 4 KB apart would all want the same lines of the first-level cache.
  const size_t weights_stride = padded + kTileDepth;
  uint16_t* keys = Room(scratch.keys, padded * depth);
  uint16_t* values = Room(scratch.values, padded * columns);
  uint16_t* queries = Room(scratch.rows, kStripRows * depth);
  float* output = Room(scratch.output, kStripRows * columns);
  float* scores = Room(scratch.scores, 2 * kStripRows * kBlockKeys);
  uint16_t* weights = Room(scratch.weights, kStripRows * weights_stride);
  StripSoftmax softmax(weights_stride);
  PackKeys(task.key, task.tokens, padded, task.head_width, depth_tiles, queries, keys);
  PackValues(task.value, task.tokens, padded, task.head_width, values);

  // A strip's rows, shared out among the blocks.
  const auto row_at = [&](size_t first, size_t block) {
    return std::min(first + kStripRows * block / blocks, task.last_query);
  };
  const auto scores_at = [&](size_t block) { return scores + block % 2 * kStripRows * kBlockKeys; };
  const auto scores_of = [&](size_t block) -> StripProduct {
    return {.left = queries,
            .left_stride = depth,
            .right = keys + block * kBlockKeys * depth,
            .right_stride = depth_tiles * kTileSize,
            .depth_tiles = depth_tiles,
            .column_tiles = kBlockKeys / kTileColumns,
            .result = scores_at(block),
            .result_stride = kBlockKeys};
  };
  // Two columns of tiles, of all keys.
  const auto weighted_values_of = [&](size_t column) -> StripProduct {
    return {.left = weights,
            .left_stride = weights_stride,
            .right = values + column * key_tiles * kTileSize,
            .right_stride = key_tiles * kTileSize,
            .depth_tiles = key_tiles,
            .column_tiles = std::min<size_t>(2, column_tiles - column),
            .result = output + column * kTileColumns,
            .result_stride = columns};
  };

  constexpr double kLog2E = 1.4426950408889634;
  const auto factor = static_cast<float>(kLog2E / std::sqrt(static_cast<double>(task.head_width)));
  for (size_t first = task.first_query; first < task.last_query; first += kStripRows) {
    const size_t count = std::min(kStripRows, task.last_query - first);
    for (size_t r = 0; r < count; ++r)
      RoundRow(task.query.row(first + r), task.head_width, depth, factor, queries + r * depth);
    std::fill_n(queries + count * depth, (kStripRows - count) * depth, uint16_t{0});
    softmax.StartStrip(count);
    MultiplyStrip(scores_of(0));
    for (size_t block = 0; block < blocks; ++block) {
      softmax.StartBlock({.scores = scores_at(block),
                          .weights = weights + block * kBlockKeys,
                          .keys = std::min(kBlockKeys, task.tokens - block * kBlockKeys),
                          .earlier = block * kBlockKeys});
      PrefetchRows<Access::kWrite>({task.output, task.output_stride}, row_at(first, block), row_at(first, block + 1),
                                   task.head_width);
      PrefetchRows(task.query, row_at(first + kStripRows, block), row_at(first + kStripRows, block + 1),
                   task.head_width);
      if (block + 1 < blocks) MultiplyStrip(scores_of(block + 1), softmax);
      softmax.FinishBlock();
    }
    for (size_t column = 0; column < column_tiles; column += 2) MultiplyStrip(weighted_values_of(column));
    for (size_t r = 0; r < count; ++r) {
      const float sum = softmax.sum(r);
      ScaleRow(output + r * columns, task.head_width, 1 / sum, task.output + (first + r) * task.output_stride);
      if (task.log2_sums != nullptr) task.log2_sums[first + r] = softmax.reference(r) + std::log2(sum);
    }
  }
  ReleaseTiles();
}

}  // namespace

void AttentionForwardByTiles(const AttentionInputs& inputs, tensor::MatrixView output, tensor::MatrixView log2_sums) {
  AttendHeads(inputs, AttendHead, kStripRows, output, log2_sums);
}

}  // namespace agront::ops
