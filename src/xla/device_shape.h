// SPDX-License-Identifier: Apache-2.0
// The sizes of a model on a device: padded with zeros, once, to multiples that its products take without padding them
// again in every layer of every pass.
#pragma once

#include <cstdint>

#include "agront/model_shape.h"

namespace agront::xla {

/// Sizes are rounded up to multiples of these.
struct Padding {
  int64_t channels = 1;  ///< of the residual stream, the feed-forward and the vocabulary
  int64_t head = 1;      ///< of the channels of a head
};

inline int64_t RoundUp(int64_t size, int64_t multiple) { return (size + multiple - 1) / multiple * multiple; }

struct DeviceShape {
  DeviceShape(const ModelShape& shape, const Padding& padding)
      : model(shape),
        hidden(RoundUp(shape.hidden, padding.channels)),
        head(RoundUp(shape.hidden / shape.heads, padding.head)),
        ffn(RoundUp(shape.ffn, padding.channels)),
        vocabulary(RoundUp(shape.vocabulary, padding.channels)) {}

  ModelShape model;
  int64_t hidden;      ///< C
  int64_t head;        ///< D
  int64_t ffn;         ///< F
  int64_t vocabulary;  ///< V

  int64_t inner() const { return model.heads * head; }  ///< H D
};

}  // namespace agront::xla
