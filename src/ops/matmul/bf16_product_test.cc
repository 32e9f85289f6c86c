// SPDX-License-Identifier: Apache-2.0
#include "ops/matmul/bf16_product.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/error.h"
#include "ops/bf16/bf16.h"
#include "ops/matmul/fastest_float.h"
#include "ops/matmul/kernel_families.h"
#include "ops/testing/op_test.h"

namespace agront::ops {
namespace {

constexpr uint16_t kNan = 0x7fc0;

std::vector<uint16_t> RoundedValues(int64_t count, uint64_t seed) {
  std::vector<uint16_t> rounded(static_cast<size_t>(count));
  RoundToBf16(RandomValues(count, seed), rounded);
  return rounded;
}

/// The sides of a [rows, depth] times [depth, columns] product, each row by row or column by column.
struct Sides {
  std::vector<uint16_t> left, right;
  int64_t rows, depth, columns;
  bool left_by_columns, right_by_columns;

  Bf16Operand a() const {
    return left_by_columns ? Transposed(RowMajor(left.data(), depth, rows)) : RowMajor(left.data(), rows, depth);
  }
  Bf16Operand b() const {
    return right_by_columns ? Transposed(RowMajor(right.data(), columns, depth))
                            : RowMajor(right.data(), depth, columns);
  }
};

std::vector<float> Multiply(Bf16Product& product, const Sides& sides) {
  tensor::Matrix y(sides.rows, sides.columns);
  product.Multiply(sides.a(), sides.b(), {}, Epilogue::kNone, y.view());
  return {y.view().values().begin(), y.view().values().end()};
}

class Bf16ProductOrders : public testing::TestWithParam<std::tuple<bool, bool>> {};

// The padding of lines and tiles is zero, whatever an earlier product has left there.
TEST_P(Bf16ProductOrders, ForgetsTheProductBefore) {
  if (FastestFloat() != Precision::kBf16) GTEST_SKIP() << "no bf16 products on this processor";
  const auto [left_by_columns, right_by_columns] = GetParam();
  const Sides large{std::vector<uint16_t>(32 * 64, kNan),
                    std::vector<uint16_t>(64 * 32, kNan),
                    32,
                    64,
                    32,
                    left_by_columns,
                    right_by_columns};
  const Sides small{RoundedValues(17 * 33, 1), RoundedValues(33 * 5, 2), 17, 33, 5, left_by_columns, right_by_columns};
  Bf16Product used, fresh;
  Multiply(used, large);
  EXPECT_EQ(Multiply(used, small), Multiply(fresh, small));

  std::vector<double> want;
  std::vector<float> left(small.left.size()), right(small.right.size());
  WidenBf16(small.left, left);
  WidenBf16(small.right, right);
  for (int64_t i = 0; i < small.rows; ++i)
    for (int64_t j = 0; j < small.columns; ++j) {
      double sum = 0;
      for (int64_t k = 0; k < small.depth; ++k)
        sum += static_cast<double>(left[left_by_columns ? k * small.rows + i : i * small.depth + k]) *
               right[right_by_columns ? j * small.depth + k : k * small.columns + j];
      want.push_back(sum);
    }
  const std::vector<float> got = Multiply(used, small);
  EXPECT_LT(RelativeError(std::span<const float>(got), want), 2 * kEpsilon * std::sqrt(33.0));
}

INSTANTIATE_TEST_SUITE_P(Orders, Bf16ProductOrders, testing::Combine(testing::Bool(), testing::Bool()));

TEST(Bf16Product, OfNoDepthIsZero) {
  if (FamilyOf(Precision::kBf16).for_training != &kTileMultiplier) GTEST_SKIP() << "no tiles on this processor";
  Bf16Product product;
  const Sides empty{std::vector<uint16_t>(1), std::vector<uint16_t>(1), 5, 0, 3, true, false};
  EXPECT_EQ(Multiply(product, empty), std::vector<float>(15, 0.0f));
}

TEST(Bf16Product, RefusesShapesThatDoNotFit) {
  const std::vector<uint16_t> values(64);
  Bf16Product product;
  tensor::Matrix y(4, 5);
  const auto multiply = [&](int64_t rows, int64_t depth, int64_t other_depth, int64_t columns) {
    product.Multiply(RowMajor(values.data(), rows, depth), RowMajor(values.data(), other_depth, columns), {},
                     Epilogue::kNone, y.view());
  };
  EXPECT_THROW(multiply(3, 2, 2, 5), Error);
  EXPECT_THROW(multiply(4, 2, 3, 5), Error);
  EXPECT_THROW(multiply(4, 2, 2, 6), Error);
}

}  // namespace
}  // namespace agront::ops
