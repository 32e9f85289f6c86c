// SPDX-License-Identifier: Apache-2.0
#include "ops/embedding/embedding.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "ops/embedding/embedding_reference.h"
#include "ops/testing/op_test.h"

namespace agront::ops {
namespace {

TEST(Embedding, AddsTokenAndPosition) {
  const tensor::Matrix words = MatrixOf({0, 1, 10, 11, 20, 21}, 3);
  const tensor::Matrix positions = MatrixOf({0, 0, 0, 0, 200, 200, 300, 300, 400, 400}, 5);
  const EmbeddingTables tables{words.view(), positions.view()};
  tensor::Matrix output(4, 2);
  EmbeddingForward(std::vector<int32_t>{2, 0, 1, 1}, std::vector<int64_t>{0, 3, 4}, tables, output.view());
  const std::vector<float> want = {220, 221, 300, 301, 410, 411, 210, 211};
  EXPECT_TRUE(std::equal(want.begin(), want.end(), output.view().data));
}

class EmbeddingSweep : public testing::TestWithParam<int64_t> {};

TEST_P(EmbeddingSweep, GradientsEqualFloat64) {
  const int64_t channels = GetParam(), vocabulary = 5, positions = 42;
  const std::vector<int64_t> offsets = {0, 1, 41, 41, 60};
  std::mt19937 generator(1);
  std::vector<int32_t> tokens(60);
  for (int32_t& token : tokens) token = static_cast<int32_t>(generator() % vocabulary);
  const auto gradient = RandomValues(60 * channels, 2);
  const auto old_tokens = RandomValues(vocabulary * channels, 3), old_positions = RandomValues(positions * channels, 4);
  std::vector<double> want_tokens = Doubles(old_tokens), want_positions = Doubles(old_positions);
  EmbeddingBackwardReference(tokens, offsets, 2, channels, Doubles(gradient), want_tokens, want_positions);

  const tensor::Matrix grad_output = MatrixOf(gradient, 60);
  tensor::Matrix got_tokens = MatrixOf(old_tokens, vocabulary), got_positions = MatrixOf(old_positions, positions);
  EmbeddingBackward(tokens, offsets, grad_output.view(), {got_tokens.view(), {}});
  EmbeddingBackward(tokens, offsets, grad_output.view(), {{}, got_positions.view()});
  EXPECT_LT(RelativeError(got_tokens.view().values(), want_tokens), 8 * kEpsilon);
  EXPECT_LT(RelativeError(got_positions.view().values(), want_positions), 8 * kEpsilon);
}

INSTANTIATE_TEST_SUITE_P(Channels, EmbeddingSweep, testing::Values(1, 31, 32, 33, 90));

TEST(Embedding, RefusesWhatTheTablesLack) {
  const tensor::Matrix words = MatrixOf({0, 1, 10, 11}, 2);
  const tensor::Matrix positions(4, 2);
  const EmbeddingTables tables{words.view(), positions.view()};
  tensor::Matrix one(1, 2);
  tensor::Matrix three(3, 2);
  const std::vector<int64_t> whole = {0, 3};
  EXPECT_THROW(EmbeddingForward(std::vector<int32_t>{2}, std::vector<int64_t>{0, 1}, tables, one.view()), Error);
  EXPECT_THROW(EmbeddingForward(std::vector<int32_t>{-1}, std::vector<int64_t>{0, 1}, tables, one.view()), Error);
  EXPECT_THROW(EmbeddingForward(std::vector<int32_t>{0, 0, 0}, whole, tables, three.view()), Error);
  EXPECT_THROW(EmbeddingForward(std::vector<int32_t>{0, 0}, whole, tables, three.view()), Error);
  tensor::Matrix of_tokens(2, 2), of_positions(4, 2);
  const EmbeddingGradients gradients{of_tokens.view(), of_positions.view()};
  EXPECT_THROW(EmbeddingBackward(std::vector<int32_t>{2}, std::vector<int64_t>{0, 1}, one.view(), gradients), Error);
  EXPECT_THROW(EmbeddingBackward(std::vector<int32_t>{0, 0, 0}, whole, three.view(), gradients), Error);
  EXPECT_THROW(EmbeddingBackward(std::vector<int32_t>{0, 0}, whole, three.view(), gradients), Error);
}

}  // namespace
}  // namespace agront::ops
