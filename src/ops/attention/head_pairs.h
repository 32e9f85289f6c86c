// SPDX-License-Identifier: Apache-2.0
// One head's queries, keys and values as dot products want them (bf16_dots.h): rounded to bfloat16, in pairs. With
// intrinsics, as bf16_vectors.h.
#pragma once

#include <cstddef>
#include <cstdint>

#include "ops/attention/bf16_dots.h"
#include "ops/attention/head_task.h"

namespace agront::ops {

/// Pairs that cover so many numbers.
constexpr size_t PairsOver(size_t count) { return (count + 1) / 2; }

/// to[k to_stride + r] = from[r stride + k] of four r and `count` of four k.
AGRONT_WITH_BF16_DOTS void TransposeFour(const Bf16Pair* from, size_t stride, size_t count, size_t to_stride,
                                         Bf16Pair* to);

/// Rows [0, count) times `factor`, as panels [room / panel_rows][pairs of channels][panel_rows]; the rows past them, up
/// to a whole panel, are zero, and so is what fills up the last pair. `panel_rows` is a multiple of four.
AGRONT_WITH_BF16_DOTS void PackRowPairs(HeadRows rows, size_t count, size_t head_width, float factor, size_t panel_rows,
                                        Bf16Pair* panels);

/// Rows [0, count) as panels [channels / panel_rows][room / 2][panel_rows] of pairs of rows; channels and rows past
/// them are zero. `panel_rows` is at most kMostDotRows.
AGRONT_WITH_BF16_DOTS void PackChannelPairs(HeadRows rows, size_t count, size_t room, size_t head_width,
                                            size_t panel_rows, Bf16Pair* panels);

}  // namespace agront::ops
