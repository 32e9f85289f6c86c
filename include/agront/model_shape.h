// SPDX-License-Identifier: Apache-2.0
// The sizes of a model of this family.
#pragma once

#include <cstdint>

namespace agront {

struct ModelShape {
  int64_t vocabulary = 0;
  int64_t hidden = 0;     ///< C: channels of the residual stream
  int64_t heads = 0;      ///< H; a head is hidden / heads channels wide
  int64_t layers = 0;     ///< L
  int64_t ffn = 0;        ///< F: channels inside the feed-forward
  int64_t positions = 0;  ///< rows of the position table; the first two are never used
  float layer_norm_epsilon = 0;

  /// Tokens of the longest sequence, <cls> included: 1,024 for the published model.
  int64_t max_tokens() const { return positions - 2; }

  bool operator==(const ModelShape&) const = default;
};

}  // namespace agront
