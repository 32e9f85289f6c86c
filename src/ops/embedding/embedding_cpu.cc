// SPDX-License-Identifier: Apache-2.0
#include "base/error.h"
#include "ops/embedding/embedding.h"
#include "ops/op_times.h"

namespace agront::ops {

void EmbeddingForward(std::span<const int32_t> tokens, std::span<const int64_t> offsets, const EmbeddingTables& tables,
                      tensor::MatrixView output) {
  const int64_t channels = tables.tokens.cols;
  if (output.rows != static_cast<int64_t>(tokens.size()) || output.cols != channels ||
      tables.positions.cols != channels)
    Fail("embedding: output [{}, {}] does not fit {} tokens of {} channels", output.rows, output.cols, tokens.size(),
         channels);
  if (offsets.empty() || offsets.front() != 0 || offsets.back() != output.rows)
    Fail("embedding: offsets must rise from 0 to {}", output.rows);
  const OpTimer timer(OpKind::kEmbedding, 0);
  for (size_t s = 0; s + 1 < offsets.size(); ++s) {
    const int64_t length = offsets[s + 1] - offsets[s];
    if (length < 0 || tables.first_position + length > tables.positions.rows)
      Fail("embedding: sequence {} has {} tokens, the model takes at most {}", s, length,
           tables.positions.rows - tables.first_position);
    for (int64_t i = offsets[s]; i < offsets[s + 1]; ++i) {
      const int32_t token = tokens[i];
      if (token < 0 || token >= tables.tokens.rows)
        Fail("embedding: token {} at {}, expected 0 to {}", token, i, tables.tokens.rows - 1);
      const float* word = tables.tokens.data + token * channels;
      const float* position = tables.positions.data + (tables.first_position + i - offsets[s]) * channels;
      float* out = output.data + i * channels;
      for (int64_t c = 0; c < channels; ++c) out[c] = word[c] + position[c];
    }
  }
}

}  // namespace agront::ops
