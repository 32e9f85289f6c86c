// SPDX-License-Identifier: Apache-2.0
// One head's queries, keys and values as AMX's tiles want them (bf16_strip.h): rounded to bfloat16, filled up with
// zeros to whole tiles. With intrinsics, as bf16_vectors.h.
#pragma once

#include <cstddef>
#include <cstdint>

#include "ops/attention/head_task.h"
#include "ops/bf16/bf16_vectors.h"

namespace agront::ops {

/// to[0, room) = the row's `count` values times `factor`, and zeros.
AGRONT_WITH_BF16_TILES void RoundRow(const float* row, size_t count, size_t room, float factor, uint16_t* to);

/// Keys as the columns of tiles [padded / 16][depth_tiles]. `rows` has room for 16 rows of 32 depth_tiles values.
AGRONT_WITH_BF16_TILES void PackKeys(HeadRows keys, size_t tokens, size_t padded, size_t head_width, size_t depth_tiles,
                                     uint16_t* rows, uint16_t* tiles);

/// Values as tiles [channels / 16][padded / 32].
AGRONT_WITH_BF16_TILES void PackValues(HeadRows values, size_t tokens, size_t padded, size_t head_width,
                                       uint16_t* tiles);

enum class Access { kRead, kWrite };

/// Asks for the rows [first, last) before they are needed: each lies on another page than the one before, where the
/// processor does not foresee them.
template <Access kAccess = Access::kRead>
void PrefetchRows(HeadRows rows, size_t first, size_t last, size_t head_width) {
  constexpr int kSecondLevel = 2;
  for (size_t i = first; i < last; ++i)
    for (size_t d = 0; d < head_width; d += kLanes)
      __builtin_prefetch(rows.row(i) + d, kAccess == Access::kWrite ? 1 : 0, kSecondLevel);
}

}  // namespace agront::ops
