// SPDX-License-Identifier: Apache-2.0
#include "tensor/dtype.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "base/error.h"

namespace agront::tensor {
namespace {

float Decode(DType dtype, uint16_t bits) {
  float value = 0;
  ToFloat32(dtype, reinterpret_cast<const std::byte*>(&bits), {&value, 1});
  return value;
}

uint16_t Encode(DType dtype, float value) {
  uint16_t bits = 0;
  FromFloat32(dtype, {&value, 1}, reinterpret_cast<std::byte*>(&bits));
  return bits;
}

TEST(DType, EveryHalfComesBack) {
  for (DType dtype : {DType::kFloat16, DType::kBFloat16}) {
    for (uint32_t bits = 0; bits < 65536; ++bits) {
      const float value = Decode(dtype, static_cast<uint16_t>(bits));
      if (std::isnan(value)) {
        EXPECT_TRUE(std::isnan(Decode(dtype, Encode(dtype, value)))) << bits;
      } else {
        ASSERT_EQ(Encode(dtype, value), bits) << Name(dtype);
      }
    }
  }
}

TEST(DType, KnownHalves) {
  EXPECT_EQ(Decode(DType::kFloat16, 0x3C00), 1.0f);
  EXPECT_EQ(Decode(DType::kFloat16, 0xC000), -2.0f);
  EXPECT_EQ(Decode(DType::kFloat16, 0x7BFF), 65504.0f);
  EXPECT_EQ(Decode(DType::kFloat16, 0x0001), 0x1p-24f);
  EXPECT_EQ(Decode(DType::kBFloat16, 0x4049), 3.140625f);
}

TEST(DType, RoundsToNearestEven) {
  EXPECT_EQ(Encode(DType::kFloat16, 1.0f + 0x1p-11f), 0x3C00);             // halfway: even is below
  EXPECT_EQ(Encode(DType::kFloat16, 1.0f + 0x1p-10f + 0x1p-11f), 0x3C02);  // halfway: even is above
  EXPECT_EQ(Encode(DType::kFloat16, 65519.0f), 0x7BFF);
  EXPECT_EQ(Encode(DType::kFloat16, 65520.0f), 0x7C00);
  EXPECT_EQ(Encode(DType::kBFloat16, 1.0f + 0x1p-8f), 0x3F80);
  EXPECT_EQ(Encode(DType::kBFloat16, 1.0f + 0x1p-8f + 0x1p-20f), 0x3F81);
}

TEST(DType, ReadsFloat64AndRefusesIntegers) {
  const std::vector<double> values = {0.1, -1e300};
  std::vector<float> out(2);
  ToFloat32(DType::kFloat64, reinterpret_cast<const std::byte*>(values.data()), out);
  EXPECT_EQ(out[0], 0.1f);
  EXPECT_EQ(out[1], -std::numeric_limits<float>::infinity());
  EXPECT_THROW(ToFloat32(DType::kInt64, reinterpret_cast<const std::byte*>(values.data()), out), Error);
}

}  // namespace
}  // namespace agront::tensor
