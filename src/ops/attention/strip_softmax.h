// SPDX-License-Identifier: Apache-2.0
// The softmax of a strip of queries, whose scores come a block of keys at a time (Milakov and Gimelshein, "Online
// normalizer calculation for softmax", arXiv:1805.02867), here in powers of two:
//
//   weight = 2^(score - reference),   sum = of all weights,   output = (of all weights times values) / sum
//
// A row's reference is near the largest score so far. It follows only when a score is far above it: until then weights
// are above one, which changes no ratio, and what has been added up need not be scaled again.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "ops/attention/bf16_strip.h"

namespace agront::ops {

/// The scores of a block of 32 keys, and where their weights go.
struct ScoresBlock {
  const float* scores;  ///< [32, 32]
  uint16_t* weights;    ///< [32, 32]: bfloat16, of keys from `keys` on zero
  size_t keys;          ///< of the sequence in this block
  size_t earlier;       ///< keys of blocks before, whose weights are left of these
};

class StripSoftmax {
 public:
  static constexpr size_t kKeys = 2 * kLanes;

  /// The stride is that of the weights' memory.
  explicit StripSoftmax(size_t weights_stride) : weights_stride_(weights_stride) {}

  AGRONT_WITH_BF16_TILES void StartStrip(size_t rows) {
    rows_ = rows;
    for (size_t r = 0; r < rows; ++r) {
      references_[r] = limits_[r] = -INFINITY;
      _mm512_store_ps(sums_[r], _mm512_setzero_ps());
    }
  }

  void StartBlock(const ScoresBlock& block) {
    block_ = block;
    next_row_ = 0;
  }

  /// Takes the next row of the block, if one is left.
  AGRONT_WITH_BF16_TILES void operator()() {
    if (next_row_ < rows_) TakeRow(next_row_++);
  }

  AGRONT_WITH_BF16_TILES void FinishBlock() {
    while (next_row_ < rows_) TakeRow(next_row_++);
  }

  float reference(size_t row) const { return references_[row]; }
  AGRONT_WITH_BF16_TILES float sum(size_t row) const { return _mm512_reduce_add_ps(_mm512_load_ps(sums_[row])); }

 private:
  /// Weights of up to 2^8 = 256: their sums over any sequence are far from the largest float.
  static constexpr float kSlack = 8;

  AGRONT_WITH_BF16_TILES void TakeRow(size_t row) {
    const float* scores = block_.scores + row * kKeys;
    const __m512 lower = _mm512_load_ps(scores), upper = _mm512_load_ps(scores + kLanes);
    if (block_.keys == kKeys) return Weigh(row, lower, upper);
    const __m512 none = _mm512_set1_ps(-INFINITY);
    Weigh(row, _mm512_mask_mov_ps(none, FirstLanes(block_.keys), lower),
          _mm512_mask_mov_ps(none, block_.keys > kLanes ? FirstLanes(block_.keys - kLanes) : 0, upper));
  }

  AGRONT_WITH_BF16_TILES void Weigh(size_t row, __m512 lower, __m512 upper) {
    const __m512 most = _mm512_max_ps(lower, upper);
    if (_mm512_cmp_ps_mask(most, _mm512_set1_ps(limits_[row]), _CMP_GT_OQ) != 0) [[unlikely]]
      Raise(row, most);
    const __m512 reference = _mm512_set1_ps(references_[row]);
    lower = Exp2(_mm512_sub_ps(lower, reference));
    upper = Exp2(_mm512_sub_ps(upper, reference));
    _mm512_store_ps(sums_[row], _mm512_add_ps(_mm512_load_ps(sums_[row]), _mm512_add_ps(lower, upper)));
    _mm512_storeu_si512(block_.weights + row * weights_stride_,
                        reinterpret_cast<__m512i>(_mm512_cvtne2ps_pbh(upper, lower)));
  }

  __attribute__((noinline)) AGRONT_WITH_BF16_TILES void Raise(size_t row, __m512 most) {
    const float reference = _mm512_reduce_max_ps(most), factor = std::exp2(references_[row] - reference);
    const __m512 factors = _mm512_set1_ps(factor);
    references_[row] = reference;
    limits_[row] = reference + kSlack;
    _mm512_store_ps(sums_[row], _mm512_mul_ps(_mm512_load_ps(sums_[row]), factors));
    uint16_t* end = block_.weights + row * weights_stride_;
    for (uint16_t* to = end - block_.earlier; to != end; to += kLanes) {
      const __m512i bits = _mm512_cvtepu16_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(to)));
      StoreRounded(_mm512_mul_ps(_mm512_castsi512_ps(_mm512_slli_epi32(bits, 16)), factors), to);
    }
  }

  size_t weights_stride_;
  size_t rows_ = 0, next_row_ = 0;
  ScoresBlock block_{};
  float references_[kStripRows];
  float limits_[kStripRows];  ///< references_ + kSlack, as they are compared
  alignas(64) float sums_[kStripRows][kLanes];
};

}  // namespace agront::ops
