// SPDX-License-Identifier: Apache-2.0
// Attention in plain loops, for tests.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace agront::ops {

/// Probabilities [T, T] of rows [begin, begin + T) and columns [column, column + D) of `width`-wide matrices.
template <class T>
std::vector<T> AttentionProbabilitiesReference(const std::vector<T>& query, const std::vector<T>& key, int64_t width,
                                               int64_t begin, int64_t tokens, int64_t column, int64_t head_width) {
  std::vector<T> probabilities(tokens * tokens);
  for (int64_t i = 0; i < tokens; ++i) {
    T* row = probabilities.data() + i * tokens;
    for (int64_t j = 0; j < tokens; ++j)
      for (int64_t d = 0; d < head_width; ++d)
        row[j] += query[(begin + i) * width + column + d] * key[(begin + j) * width + column + d] /
                  std::sqrt(static_cast<T>(head_width));
    const T largest = *std::max_element(row, row + tokens);
    T sum = 0;
    for (int64_t j = 0; j < tokens; ++j) sum += row[j] = std::exp(row[j] - largest);
    for (int64_t j = 0; j < tokens; ++j) row[j] /= sum;
  }
  return probabilities;
}

template <class T>
std::vector<T> AttentionReference(const std::vector<T>& query, const std::vector<T>& key, const std::vector<T>& value,
                                  const std::vector<int64_t>& offsets, int64_t width, int64_t heads) {
  const int64_t head_width = width / heads;
  std::vector<T> output(query.size());
  for (size_t s = 0; s + 1 < offsets.size(); ++s) {
    const int64_t tokens = offsets[s + 1] - offsets[s];
    for (int64_t column = 0; column < width; column += head_width) {
      const auto p = AttentionProbabilitiesReference(query, key, width, offsets[s], tokens, column, head_width);
      for (int64_t i = 0; i < tokens; ++i)
        for (int64_t j = 0; j < tokens; ++j)
          for (int64_t d = 0; d < head_width; ++d)
            output[(offsets[s] + i) * width + column + d] +=
                p[i * tokens + j] * value[(offsets[s] + j) * width + column + d];
    }
  }
  return output;
}

template <class T>
struct AttentionReferenceGradients {
  std::vector<T> query, key, value;
};

/// With the whole T x T matrices.
template <class T>
AttentionReferenceGradients<T> AttentionBackwardReference(const std::vector<T>& query, const std::vector<T>& key,
                                                          const std::vector<T>& value,
                                                          const std::vector<T>& grad_output,
                                                          const std::vector<int64_t>& offsets, int64_t width,
                                                          int64_t heads) {
  const int64_t head_width = width / heads;
  const T factor = 1 / std::sqrt(static_cast<T>(head_width));
  AttentionReferenceGradients<T> gradients{std::vector<T>(query.size()), std::vector<T>(query.size()),
                                           std::vector<T>(query.size())};
  for (size_t s = 0; s + 1 < offsets.size(); ++s) {
    const int64_t tokens = offsets[s + 1] - offsets[s];
    for (int64_t column = 0; column < width; column += head_width) {
      const auto at = [&](int64_t token, int64_t d) { return (offsets[s] + token) * width + column + d; };
      const auto p = AttentionProbabilitiesReference(query, key, width, offsets[s], tokens, column, head_width);
      for (int64_t i = 0; i < tokens; ++i) {
        std::vector<T> grad_p(tokens);
        T mean = 0;
        for (int64_t j = 0; j < tokens; ++j) {
          for (int64_t d = 0; d < head_width; ++d) {
            grad_p[j] += grad_output[at(i, d)] * value[at(j, d)];
            gradients.value[at(j, d)] += p[i * tokens + j] * grad_output[at(i, d)];
          }
          mean += p[i * tokens + j] * grad_p[j];
        }
        for (int64_t j = 0; j < tokens; ++j) {
          const T grad_score = p[i * tokens + j] * (grad_p[j] - mean) * factor;
          for (int64_t d = 0; d < head_width; ++d) {
            gradients.query[at(i, d)] += grad_score * key[at(j, d)];
            gradients.key[at(j, d)] += grad_score * query[at(i, d)];
          }
        }
      }
    }
  }
  return gradients;
}

}  // namespace agront::ops
