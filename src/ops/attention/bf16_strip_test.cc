// SPDX-License-Identifier: Apache-2.0
#include "ops/attention/bf16_strip.h"

#include <gtest/gtest.h>

#include "device/cpu/instruction_set.h"
#include "ops/bf16/bf16.h"
#include "ops/testing/op_test.h"
#include "ops/tiles/tiles.h"

namespace agront::ops {
namespace {

struct Operands {
  explicit Operands(size_t count, uint64_t seed)
      : bits(count), values(RandomValues(static_cast<int64_t>(count), seed)), rounded(count) {
    RoundToBf16(values, {bits.data(), count});
    WidenBf16({bits.data(), count}, rounded);
  }
  tensor::AlignedBuffer<uint16_t> bits;
  std::vector<float> values, rounded;
};

class StripSweep : public testing::TestWithParam<std::pair<size_t, size_t>> {};

TEST_P(StripSweep, EqualsFloat64) {
  if (!device::cpu::Has(device::cpu::kTiles)) GTEST_SKIP() << "no tiles on this processor";
  const auto [depth_tiles, column_tiles] = GetParam();
  const size_t depth = depth_tiles * kTileDepth, columns = column_tiles * kTileColumns;
  const size_t left_stride = depth + 32, right_stride = (depth_tiles + 1) * kTileSize, result_stride = columns + 16;
  const Operands left(kStripRows * left_stride, 1), right(column_tiles * right_stride, 2);
  std::vector<double> want;
  for (size_t r = 0; r < kStripRows; ++r)
    for (size_t c = 0; c < columns; ++c) {
      double sum = 0;
      for (size_t k = 0; k < depth; ++k) {
        const size_t tile = c / kTileColumns * right_stride + k / kTileDepth * kTileSize;
        const size_t in_tile = k % kTileDepth / 2 * 2 * kTileColumns + c % kTileColumns * 2 + k % 2;
        sum += static_cast<double>(left.rounded[r * left_stride + k]) * right.rounded[tile + in_tile];
      }
      want.push_back(sum);
    }
  const tensor::AlignedBuffer<float> result(kStripRows * result_stride);
  std::fill_n(result.data(), kStripRows * result_stride, NAN);  // what was there does not count
  size_t products = 0;
  const auto count_products = [&] { ++products; };
  const StripProduct product{.left = left.bits.data(),
                             .left_stride = left_stride,
                             .right = right.bits.data(),
                             .right_stride = right_stride,
                             .depth_tiles = depth_tiles,
                             .column_tiles = column_tiles,
                             .result = result.data(),
                             .result_stride = result_stride};
  ConfigureTiles();
  MultiplyStrip(product, count_products);
  ReleaseTiles();
  std::vector<float> got;
  for (size_t r = 0; r < kStripRows; ++r)
    got.insert(got.end(), result.data() + r * result_stride, result.data() + r * result_stride + columns);
  EXPECT_LT(RelativeError(std::span<const float>(got), want), 2 * kEpsilon * std::sqrt(depth + 1.0));
  EXPECT_EQ(products, 2 * depth_tiles * column_tiles);
}

INSTANTIATE_TEST_SUITE_P(Tiles, StripSweep,
                         testing::Values(std::pair(1, 1), std::pair(1, 2), std::pair(3, 2), std::pair(7, 1)));

}  // namespace
}  // namespace agront::ops
