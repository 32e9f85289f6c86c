// SPDX-License-Identifier: Apache-2.0
#include "ops/bf16/bf16.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <random>
#include <vector>

#include "base/error.h"
#include "ops/bf16/bf16_reference.h"
#include "ops/testing/op_test.h"
#include "tensor/dtype.h"

namespace agront::ops {
namespace {

TEST(Bf16, RoundsToTheNearestAsTheConversionOfFilesDoes) {
  std::mt19937 generator(5);
  std::vector<float> values = {0.0f, -0.0f, INFINITY, -INFINITY, 1.00390625f, 1.01171875f, 3.4e38f, 1e-40f};
  for (int i = 0; i < 100003; ++i) {
    const auto value = std::bit_cast<float>(static_cast<uint32_t>(generator()));
    if (!std::isnan(value)) values.push_back(value);
  }
  std::vector<uint16_t> want(values.size());
  tensor::FromFloat32(tensor::DType::kBFloat16, values, reinterpret_cast<std::byte*>(want.data()));
  std::vector<uint16_t> got(values.size());
  RoundToBf16(values, got);
  EXPECT_EQ(got, want);
  for (size_t i = 0; i < values.size(); ++i) ASSERT_EQ(got[i], RoundToBf16Reference(values[i])) << values[i];
}

TEST(Bf16, KeepsNotANumber) {
  const std::vector<float> values = {std::nanf(""), -std::nanf(""), std::bit_cast<float>(0x7FFFFFFFu),
                                     std::bit_cast<float>(0x7F800001u)};
  std::vector<uint16_t> rounded(values.size());
  RoundToBf16(values, rounded);
  std::vector<float> wide(values.size());
  WidenBf16(rounded, wide);
  for (const float value : wide) EXPECT_TRUE(std::isnan(value));
}

TEST(Bf16, WidensExactly) {
  std::vector<uint16_t> all(1 << 16);
  for (size_t i = 0; i < all.size(); ++i) all[i] = static_cast<uint16_t>(i);
  std::vector<float> wide(all.size());
  WidenBf16(all, wide);
  for (size_t i = 0; i < all.size(); ++i) ASSERT_EQ(std::bit_cast<uint32_t>(wide[i]), i << 16) << i;
}

TEST(Bf16, RefusesSizesThatDiffer) {
  std::vector<uint16_t> rounded(3);
  EXPECT_THROW(RoundToBf16(std::vector<float>(4), rounded), Error);
}

/// Tiles read what fills up a row: a NaN left there would spread over the whole result.
TEST(Bf16, FillsUpRowsWithZeros) {
  constexpr int64_t kRows = 3, kCols = 37, kStride = 64;
  const auto values = RandomValues(kRows * kCols, 1);
  const tensor::Matrix x = MatrixOf(values, kRows);
  std::vector<uint16_t> whole(values.size()), rows(kRows * kStride, 0x7FC0);
  RoundToBf16(values, whole);
  RoundRowsToBf16(x.view(), kStride, rows);
  for (int64_t i = 0; i < kRows; ++i)
    for (int64_t k = 0; k < kStride; ++k)
      EXPECT_EQ(rows[i * kStride + k], k < kCols ? whole[i * kCols + k] : 0) << i << " " << k;
  EXPECT_THROW(RoundRowsToBf16(x.view(), kCols - 1, rows), Error);
}

}  // namespace
}  // namespace agront::ops
