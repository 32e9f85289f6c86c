// SPDX-License-Identifier: Apache-2.0
// The programs of a model, as StableHLO text. Each has sizes of its own, so there is one for each that is used.
#pragma once

#include <cstdint>
#include <string>

#include "xla/attention_kernel.h"
#include "xla/device_parameters.h"
#include "xla/device_shape.h"

namespace agront::xla {

/// Rows of packed sequences that go through the model at once.
struct RowShape {
  int64_t rows = 1;    ///< B
  int64_t tokens = 0;  ///< T, of each
  auto operator<=>(const RowShape&) const = default;
};

/// The encoder up to a layer. Arguments, of int32 but the last:
///
///   tokens, positions, segments [B, T]
///   lengths [B, M], offsets [B, M + 1]      with kPacked: row_packing.h
///   num_layers []      blocks to run
///   places [L + 1]     of the residual stream after each block (0: embeddings) in the stack, `kept` for none
///   EncoderParameters
///
/// Results, of float32: the residual stream after the last block [B, T, C], the same after the final LayerNorm, and, if
/// `kept` > 0, the stack [kept + 1, B, T, C], whose last entry has no meaning.
std::string EncoderProgram(const DeviceShape& shape, Precision precision, const RowShape& rows, int64_t kept,
                           const AttentionPlan& attention = {});

/// Logits of chosen tokens. Arguments: residual stream [B, T, C], numbers [R] of tokens in it (int32), HeadParameters.
/// Result: [R, V].
std::string HeadProgram(const DeviceShape& shape, Precision precision, const RowShape& rows, int64_t chosen);

/// Attention maps of one row, all heads. Arguments: a stack [kept + 1, B, T, C] of residual streams, segments [B, T],
/// place in the stack of the layer's input [], row [], block [] (from 0), MapParameters. Result: [H, T, T].
std::string MapProgram(const DeviceShape& shape, Precision precision, const RowShape& rows, int64_t kept);

/// Attention by plain ops, and by a kernel. Arguments: queries, keys and values [B, T, H D] of float32, segments [B,
/// T], and lengths and offsets with kPacked. Results: both [B, T, H D], of float32.
std::string AttentionCheckProgram(const DeviceShape& shape, Precision precision, const RowShape& rows,
                                  const AttentionPlan& attention);

/// The product of the feed-forward's first layer alone, of `rows` tokens: what a device can do at most. Arguments:
/// [rows, C], [F, C]. Result: a number.
std::string ProductProgram(const DeviceShape& shape, Precision precision, int64_t rows);

}  // namespace agront::xla
