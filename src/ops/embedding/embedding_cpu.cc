// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/error.h"
#include "base/parallel.h"
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

void EmbeddingBackward(std::span<const int32_t> tokens, std::span<const int64_t> offsets,
                       tensor::ConstMatrixView grad_output, const EmbeddingGradients& gradients) {
  const auto& [token_table, position_table, first_position] = gradients;
  const int64_t channels = grad_output.cols;
  for (const tensor::MatrixView& table : {token_table, position_table})
    if (table.data != nullptr && table.cols != channels)
      Fail("embedding: gradients of {} channels do not fit a table of {}", channels, table.cols);
  if (grad_output.rows != static_cast<int64_t>(tokens.size()) || offsets.empty() || offsets.front() != 0 ||
      offsets.back() != grad_output.rows || !std::is_sorted(offsets.begin(), offsets.end()))
    Fail("embedding: {} rows of gradients and {} tokens: offsets must rise from 0 to them", grad_output.rows,
         tokens.size());
  if (token_table.data != nullptr)
    for (size_t i = 0; i < tokens.size(); ++i)
      if (tokens[i] < 0 || tokens[i] >= token_table.rows)
        Fail("embedding: token {} at {}, expected 0 to {}", tokens[i], i, token_table.rows - 1);
  if (position_table.data != nullptr)
    for (size_t s = 0; s + 1 < offsets.size(); ++s)
      if (first_position + offsets[s + 1] - offsets[s] > position_table.rows)
        Fail("embedding: sequence {} has {} tokens, the model takes at most {}", s, offsets[s + 1] - offsets[s],
             position_table.rows - first_position);

  const OpTimer timer(OpKind::kEmbedding, 0);
  // A thread has columns and not rows, so that no two add to the same place.
  constexpr int64_t kColumns = 32;
  ParallelFor((channels + kColumns - 1) / kColumns, [&](int64_t task) {
    const int64_t first = task * kColumns;
    const int64_t count = std::min(kColumns, channels - first);
    const auto add = [&](const tensor::MatrixView& table, int64_t row, int64_t from) {
      if (table.data == nullptr) return;
      float* to = table.data + row * channels + first;
      const float* gradient = grad_output.data + from * channels + first;
      for (int64_t c = 0; c < count; ++c) to[c] += gradient[c];
    };
    for (size_t s = 0; s + 1 < offsets.size(); ++s)
      for (int64_t i = offsets[s]; i < offsets[s + 1]; ++i) {
        add(gradients.tokens, tokens[i], i);
        add(gradients.positions, gradients.first_position + i - offsets[s], i);
      }
  });
}

}  // namespace agront::ops
