// SPDX-License-Identifier: Apache-2.0
#include "ops/linear/linear.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "base/error.h"
#include "base/parallel.h"
#include "ops/bf16/bf16.h"
#include "ops/linear/linear_reference.h"
#include "ops/matmul/fastest_float.h"
#include "ops/matmul/kernel_families.h"
#include "ops/matmul/matmul_reference.h"
#include "ops/matmul/quantize_weights.h"
#include "ops/testing/op_test.h"
#include "ops/testing/parameter_names.h"

namespace agront::ops {
namespace {

struct Shape {
  int64_t rows, in, out;
};

void PrintTo(const Shape& of, std::ostream* out) { *out << of.rows << "x" << of.in << "x" << of.out; }

class LinearSweep : public testing::TestWithParam<Shape> {};

std::vector<double> Sum(const std::vector<float>& before, std::vector<double> added) {
  for (size_t i = 0; i < added.size(); ++i) added[i] += static_cast<double>(before[i]);
  return added;
}

/// The rounding errors of a sum of `count` products grow like the square root of their number.
double Bound(int64_t count) { return 2 * kEpsilon * std::sqrt(static_cast<double>(count + 1)); }

/// The three products against float64, where `read` says what the operands become.
template <class Read>
void ExpectProducts(const Shape& shape, std::span<const Epilogue> epilogues, const Read& read, LinearScratch& scratch) {
  const auto [rows, in, out] = shape;
  const auto x = RandomValues(rows * in, 1), weights = RandomValues(out * in, 2), bias = RandomValues(out, 3);
  const auto grad_y = RandomValues(rows * out, 4), old_weights = RandomValues(out * in, 5);
  const auto old_x = RandomValues(rows * in, 7);
  const tensor::Matrix x_matrix = MatrixOf(x, rows), weight_matrix = MatrixOf(weights, out);
  const tensor::Matrix grad_y_matrix = MatrixOf(grad_y, rows);

  for (const Epilogue epilogue : epilogues) {
    tensor::Matrix y = MatrixOf(grad_y, rows);
    LinearForward(x_matrix.view(), weight_matrix.view(), bias, epilogue, scratch, y.view());
    std::vector<double> want = Doubles(grad_y);
    MatmulReference(read(x), read(weights), Doubles(bias), rows, epilogue, want);
    const double of_erf = epilogue == Epilogue::kGelu ? 4 * kEpsilon : 0;
    EXPECT_LT(RelativeError(y.view().values(), want), Bound(in) + of_erf);
  }
  tensor::Matrix y(rows, out);
  LinearForward(x_matrix.view(), weight_matrix.view(), {}, Epilogue::kNone, scratch, y.view());
  std::vector<double> without_bias(y.view().values().size());
  MatmulReference(read(x), read(weights), std::vector<double>(bias.size()), rows, Epilogue::kNone, without_bias);
  EXPECT_LT(RelativeError(y.view().values(), without_bias), Bound(in));

  const auto want = LinearBackwardReference(read(x), read(weights), read(grad_y), rows);
  tensor::Matrix grad_x = MatrixOf(old_x, rows);
  LinearBackwardInput(grad_y_matrix.view(), weight_matrix.view(), Accumulate::kAdd, scratch, grad_x.view());
  EXPECT_LT(RelativeError(grad_x.view().values(), Sum(old_x, want.x)), Bound(out));
  LinearBackwardInput(grad_y_matrix.view(), weight_matrix.view(), Accumulate::kReplace, scratch, grad_x.view());
  EXPECT_LT(RelativeError(grad_x.view().values(), want.x), Bound(out));
  tensor::Matrix grad_weights = MatrixOf(old_weights, out);
  LinearBackwardWeights(x_matrix.view(), grad_y_matrix.view(), scratch, grad_weights.view());
  EXPECT_LT(RelativeError(grad_weights.view().values(), Sum(old_weights, want.weights)), Bound(rows));
}

TEST_P(LinearSweep, EqualsFloat64) {
  constexpr std::array kEpilogues = {Epilogue::kNone, Epilogue::kAdd, Epilogue::kGelu};
  LinearScratch scratch;
  ExpectProducts(GetParam(), kEpilogues, Doubles, scratch);

  const auto [rows, in, out] = GetParam();
  const auto grad_y = RandomValues(rows * out, 4), old_bias = RandomValues(out, 6);
  const std::vector<double> x(static_cast<size_t>(rows * in)), weights(static_cast<size_t>(out * in));
  std::vector<float> grad_bias = old_bias;
  LinearBackwardBias(MatrixOf(grad_y, rows).view(), grad_bias);
  const auto want = LinearBackwardReference(x, weights, Doubles(grad_y), rows).bias;
  EXPECT_LT(RelativeError(std::span<const float>(grad_bias), Sum(old_bias, want)), Bound(rows));
}

INSTANTIATE_TEST_SUITE_P(Shapes, LinearSweep,
                         testing::Values(Shape{1, 1, 1}, Shape{1, 90, 200}, Shape{5, 31, 33}, Shape{6, 32, 15},
                                         Shape{7, 33, 17}, Shape{191, 64, 63}, Shape{192, 16, 24}, Shape{193, 75, 31},
                                         Shape{385, 383, 50}, Shape{1025, 50, 385}, Shape{13, 100, 1201}));

std::vector<double> RoundedToBf16(const std::vector<float>& values) {
  std::vector<uint16_t> rounded(values.size());
  std::vector<float> wide(values.size());
  RoundToBf16(values, rounded);
  WidenBf16(rounded, wide);
  return Doubles(wide);
}

TEST_P(LinearSweep, InBf16OperandsAreRoundedAndNothingElse) {
  if (FastestFloat() != Precision::kBf16) GTEST_SKIP() << "no bf16 products on this processor";
  constexpr std::array kEpilogues = {Epilogue::kNone, Epilogue::kAdd};
  LinearScratch scratch(Precision::kBf16);
  ExpectProducts(GetParam(), kEpilogues, RoundedToBf16, scratch);

  const auto [rows, in, out] = GetParam();
  const tensor::Matrix grad_y = MatrixOf(RandomValues(rows * out, 4), rows);
  const auto weights = RandomValues(out * in, 2);
  const tensor::Matrix weight_matrix = MatrixOf(weights, out);
  std::vector<uint16_t> bf16(weights.size());
  RoundToBf16(weights, bf16);
  tensor::Matrix from_fp32(rows, in), from_bf16(rows, in);
  LinearBackwardInput(grad_y.view(), weight_matrix.view(), Accumulate::kReplace, scratch, from_fp32.view());
  LinearBackwardInput(grad_y.view(), Bf16WeightView{bf16.data(), out, in}, Accumulate::kReplace, scratch,
                      from_bf16.view());
  EXPECT_TRUE(std::ranges::equal(from_bf16.view().values(), from_fp32.view().values()));
}

TEST(LinearScratch, RefusesWhatCannotBeMultiplied) {
  EXPECT_THROW(LinearScratch{Precision::kInt8}, UsageError);
  if (FastestFloat() != Precision::kBf16) {
    EXPECT_THROW(LinearScratch{Precision::kBf16}, Error);
  }
}

TEST_P(LinearSweep, WeightsInFewerBitsAreWidenedFirst) {
  const int64_t rows = GetParam().rows, in = GetParam().in, out = GetParam().out;
  const tensor::Matrix x = MatrixOf(RandomValues(rows * in, 1), rows),
                       grad_y = MatrixOf(RandomValues(rows * out, 2), rows);
  const auto weights = RandomValues(out * in, 3), bias = RandomValues(out, 4);
  std::vector<uint16_t> bf16(weights.size());
  RoundToBf16(weights, bf16);
  const QuantizedWeights int8 = Quantize({weights.data(), out, in, in, 1});
  LinearScratch scratch;
  const auto products = [&](const RowMajorWeights& of) {
    tensor::Matrix y(rows, out), grad_x(rows, in);
    LinearForward(x.view(), of, bias, Epilogue::kNone, scratch, y.view());
    LinearBackwardInput(grad_y.view(), of, Accumulate::kReplace, scratch, grad_x.view());
    std::vector<float> both(y.view().values().begin(), y.view().values().end());
    both.insert(both.end(), grad_x.view().values().begin(), grad_x.view().values().end());
    return both;
  };
  const auto wide_products = [&](const StoredWeights& of) {
    const WeightView wide = Widened(of);
    return products(tensor::ConstMatrixView{wide.data, out, in, out});
  };
  const Bf16WeightView bf16_view{bf16.data(), out, in};
  EXPECT_EQ(products(bf16_view), wide_products(bf16_view));
  EXPECT_EQ(products(int8.view), wide_products(int8.view));
}

class LinearThreads : public testing::TestWithParam<Precision> {};

TEST_P(LinearThreads, DoNotChangeABit) {
  // oneDNN's products in bfloat16 may (linear.h).
  const Bf16Multiplier* multiplier = FamilyOf(Precision::kBf16).for_training;
  if (GetParam() == Precision::kBf16 && (multiplier == nullptr || multiplier == &kOneDnnMultiplier))
    GTEST_SKIP() << "this processor has no products of our own in bfloat16";
  const int64_t rows = 300, in = 130, out = 210;
  const tensor::Matrix x = MatrixOf(RandomValues(rows * in, 1), rows),
                       weights = MatrixOf(RandomValues(out * in, 2), out);
  const tensor::Matrix grad_y = MatrixOf(RandomValues(rows * out, 3), rows);
  const int threads = MaxThreads();
  std::vector<std::vector<float>> results;
  for (const int count : {1, 2, 3}) {
    SetThreads(count);
    LinearScratch scratch(GetParam());
    tensor::Matrix y(rows, out), grad_x(rows, in), grad_weights(out, in);
    std::vector<float> all(out);
    LinearForward(x.view(), weights.view(), all, Epilogue::kGelu, scratch, y.view());
    LinearBackwardInput(grad_y.view(), weights.view(), Accumulate::kReplace, scratch, grad_x.view());
    LinearBackwardWeights(x.view(), grad_y.view(), scratch, grad_weights.view());
    LinearBackwardBias(grad_y.view(), all);
    for (const auto& matrix : {y.view().values(), grad_x.view().values(), grad_weights.view().values()})
      all.insert(all.end(), matrix.begin(), matrix.end());
    results.push_back(std::move(all));
  }
  SetThreads(threads);
  EXPECT_EQ(results[0], results[1]);
  EXPECT_EQ(results[0], results[2]);
}

INSTANTIATE_TEST_SUITE_P(Products, LinearThreads, testing::Values(Precision::kFp32, Precision::kBf16));

TEST(Linear, RefusesShapesThatDoNotFit) {
  tensor::Matrix x(3, 4), weights(5, 4), y(3, 5), wrong(3, 6);
  std::vector<float> bias(5), four(4);
  LinearScratch scratch;
  EXPECT_THROW(LinearForward(x.view(), weights.view(), bias, Epilogue::kNone, scratch, wrong.view()), Error);
  EXPECT_THROW(LinearForward(x.view(), weights.view(), four, Epilogue::kNone, scratch, y.view()), Error);
  EXPECT_THROW(LinearBackwardInput(wrong.view(), weights.view(), Accumulate::kAdd, scratch, x.view()), Error);
  EXPECT_THROW(LinearBackwardWeights(wrong.view(), y.view(), scratch, weights.view()), Error);
  EXPECT_THROW(LinearBackwardBias(y.view(), four), Error);
}

}  // namespace
}  // namespace agront::ops
