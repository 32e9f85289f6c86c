// SPDX-License-Identifier: Apache-2.0
// The gradients of the embedding tables in plain loops, for tests.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace agront::ops {

/// Adds to `tokens_gradient` [V, C] and `positions_gradient` [P, C].
template <class T>
void EmbeddingBackwardReference(const std::vector<int32_t>& tokens, const std::vector<int64_t>& offsets,
                                int64_t first_position, int64_t channels, const std::vector<T>& grad_output,
                                std::vector<T>& tokens_gradient, std::vector<T>& positions_gradient) {
  for (size_t s = 0; s + 1 < offsets.size(); ++s)
    for (int64_t i = offsets[s]; i < offsets[s + 1]; ++i)
      for (int64_t c = 0; c < channels; ++c) {
        tokens_gradient[tokens[i] * channels + c] += grad_output[i * channels + c];
        positions_gradient[(first_position + i - offsets[s]) * channels + c] += grad_output[i * channels + c];
      }
}

}  // namespace agront::ops
