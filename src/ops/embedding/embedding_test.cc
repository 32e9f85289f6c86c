// SPDX-License-Identifier: Apache-2.0
#include "ops/embedding/embedding.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "ops/op_test.h"

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
}

}  // namespace
}  // namespace agront::ops
