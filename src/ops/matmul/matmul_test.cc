// SPDX-License-Identifier: Apache-2.0
#include "ops/matmul/matmul.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <tuple>

#include "base/error.h"
#include "ops/matmul/matmul_reference.h"
#include "ops/testing/op_test.h"
#include "ops/testing/parameter_names.h"
#include "tensor/dtype.h"
#include "tensor/precision.h"

namespace agront::ops {
namespace {

struct Shape {
  int64_t rows, in, out;
};

void PrintTo(const Shape& of, std::ostream* out) { *out << of.rows << "x" << of.in << "x" << of.out; }

/// As bfloat16, by the conversion of files, which is another than the op's.
std::vector<float> Rounded(const std::vector<float>& values) {
  std::vector<std::byte> bytes(values.size() * 2);
  tensor::FromFloat32(tensor::DType::kBFloat16, values, bytes.data());
  std::vector<float> rounded(values.size());
  tensor::ToFloat32(tensor::DType::kBFloat16, bytes.data(), rounded);
  return rounded;
}

class MatmulSweep : public testing::TestWithParam<std::tuple<Shape, Epilogue, bool, Precision>> {};

TEST_P(MatmulSweep, EqualsFloat64) {
  const auto [shape, epilogue, transposed, precision] = GetParam();
  const auto [rows, in, out] = shape;
  const auto x = RandomValues(rows * in, 1);
  const auto weights = RandomValues(out * in, 2, 0.1f);
  const auto bias = RandomValues(out, 3);
  const auto y = RandomValues(rows * out, 4);

  std::vector<float> stored = weights;
  if (transposed)
    for (int64_t o = 0; o < out; ++o)
      for (int64_t i = 0; i < in; ++i) stored[i * out + o] = weights[o * in + i];
  const PackedWeights packed(WeightView{stored.data(), out, in, transposed ? 1 : in, transposed ? out : 1}, bias,
                             precision);

  const tensor::Matrix source = MatrixOf(x, rows, PaddedRows(rows));
  tensor::Matrix got = MatrixOf(y, rows, PaddedRows(rows));
  ProductInput input;
  input.Set(source.view(), packed.input_format());
  packed.Multiply(input, epilogue, got.view());

  // The reference gets the same values rounded to bf16, so only the sums in float32 differ.
  const bool rounds_input = packed.input_format() != InputFormat::kFloat32;
  std::vector<double> want = Doubles(y);
  MatmulReference(Doubles(rounds_input ? Rounded(x) : x),
                  Doubles(precision == Precision::kBf16 ? Rounded(weights) : weights), Doubles(bias), rows, epilogue,
                  want);
  // The rounding errors of a sum of `in` products grow like the square root of their number.
  EXPECT_LT(RelativeError(got.view().values(), want),
            2 * kEpsilon * std::sqrt(static_cast<double>(in)) + ErrorOfGelu(epilogue, packed.input_format()));
  EXPECT_EQ(packed.KernelName(rows).find("ref"), std::string::npos) << packed.KernelName(rows);
}

INSTANTIATE_TEST_SUITE_P(Shapes, MatmulSweep,
                         testing::Combine(testing::Values(Shape{1, 90, 200}, Shape{7, 200, 90}, Shape{33, 64, 64},
                                                          Shape{49, 65, 33}, Shape{300, 75, 31}, Shape{1025, 90, 90},
                                                          Shape{4100, 16, 24}, Shape{5, 1500, 4105}),
                                          testing::Values(Epilogue::kNone, Epilogue::kGelu, Epilogue::kAdd),
                                          testing::Bool(), testing::Values(Precision::kFp32, Precision::kBf16)));

// x times 1, in every precision: gelu(v) for single values, near and far from 0.
TEST(Matmul, GeluIsWithinItsErrorAtEveryValue) {
  std::vector<float> x = {INFINITY, NAN, -1e30f, 1e30f, -1000.0f, 1000.0f};
  for (float value = -8; value <= 8; value += 1.0f / 64) x.push_back(value);
  x = Rounded(x);
  const auto rows = static_cast<int64_t>(x.size());
  for (const Precision precision : {Precision::kFp32, Precision::kBf16}) {
    const std::vector<float> one = {1}, zero = {0};
    const PackedWeights packed(WeightView{one.data(), 1, 1, 1, 1}, zero, precision);
    const tensor::Matrix source = MatrixOf(x, rows, PaddedRows(rows));
    tensor::Matrix y(rows, 1, PaddedRows(rows));
    ProductInput input;
    input.Set(source.view(), packed.input_format());
    packed.Multiply(input, Epilogue::kGelu, y.view());
    const auto got = y.view().values();
    EXPECT_EQ(got[0], INFINITY) << tensor::Name(precision);
    EXPECT_TRUE(std::isnan(got[1])) << tensor::Name(precision);
    const double error = precision == Precision::kFp32 ? 8 * kEpsilon : kGeluErrorOfLines;
    for (size_t i = 2; i < x.size(); ++i)
      EXPECT_NEAR(got[i], GeluReference(static_cast<double>(x[i])), error * std::abs(x[i]))
          << x[i] << ", " << tensor::Name(precision);
  }
}

TEST(Matmul, PadsToFewSizes) {
  int64_t sizes = 0;
  int64_t last = 0;
  for (int64_t rows = 1; rows <= 4096; ++rows) {
    const int64_t padded = PaddedRows(rows);
    ASSERT_GE(padded, rows);
    ASSERT_LE(padded, std::max<int64_t>(rows + 31, rows + rows / 4 + 8));
    ASSERT_EQ(PaddedRows(padded), padded);
    sizes += padded != last;
    last = padded;
  }
  EXPECT_LE(sizes, 40);
  EXPECT_EQ(PaddedRows(4097), 4097);
  EXPECT_EQ(PaddedRows(2 * 4096 + 5), 2 * 4096 + 8);
}

// Memory that the last input has left, of whatever numbers, is in no product.
TEST(ProductInput, ForgetsTheInputBefore) {
  const tensor::Matrix no_numbers = MatrixOf(std::vector<float>(33 * 70, NAN), 33, PaddedRows(33)),
                       x = MatrixOf(RandomValues(17 * 35, 1), 17, PaddedRows(17));
  const auto weights = RandomValues(21 * 35, 2);
  for (const Precision precision : {Precision::kFp32, Precision::kBf16, Precision::kInt8}) {
    const PackedWeights packed(WeightView{weights.data(), 21, 35, 35, 1}, RandomValues(21, 3), precision);
    ProductInput used, fresh;
    used.Set(no_numbers.view(), packed.input_format());
    used.Set(x.view(), packed.input_format());
    fresh.Set(x.view(), packed.input_format());
    tensor::Matrix y(17, 21, PaddedRows(17)), want(17, 21, PaddedRows(17));
    packed.Multiply(used, Epilogue::kNone, y.view());
    packed.Multiply(fresh, Epilogue::kNone, want.view());
    EXPECT_TRUE(std::ranges::equal(y.view().values(), want.view().values())) << tensor::Name(precision);
  }
}

TEST(Matmul, RefusesShapesThatDoNotFit) {
  const auto weights = RandomValues(20, 1);
  const auto bias = RandomValues(5, 2);
  const PackedWeights packed(WeightView{weights.data(), 5, 4, 4, 1}, bias, Precision::kFp32);
  tensor::Matrix y(3, 5, PaddedRows(3));
  const tensor::Matrix wide(3, 6, 8), small(3, 4, 3), good(3, 4, 8);
  ProductInput input;
  input.Set(wide.view(), InputFormat::kFloat32);
  EXPECT_THROW(packed.Multiply(input, Epilogue::kNone, y.view()), Error);
  input.Set(small.view(), InputFormat::kFloat32);
  EXPECT_THROW(packed.Multiply(input, Epilogue::kNone, y.view()), Error);
  input.Set(good.view(), InputFormat::kBFloat16);
  EXPECT_THROW(packed.Multiply(input, Epilogue::kNone, y.view()), Error);
  const tensor::ConstMatrixView without_room{good.view().data, 3, 4};
  EXPECT_THROW(input.Set(without_room, InputFormat::kBFloat16), Error);
  EXPECT_THROW(PackedWeights(WeightView{weights.data(), 5, 4, 4, 1}, RandomValues(4, 2), Precision::kFp32), Error);
}

}  // namespace
}  // namespace agront::ops
