// SPDX-License-Identifier: Apache-2.0
#include "stablehlo/builder.h"

#include <gtest/gtest.h>

#include <array>
#include <stdexcept>
#include <string>

namespace agront::stablehlo {
namespace {

constexpr Element kF32 = Element::kF32, kBf16 = Element::kBf16, kI32 = Element::kI32;

/// Expects std::logic_error whose text has all parts.
template <class Action>
void ExpectRefusal(const Action& action, std::initializer_list<const char*> parts) {
  try {
    action();
    ADD_FAILURE() << "expected an error with: " << *parts.begin();
  } catch (const std::logic_error& error) {
    for (const char* part : parts) EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
  }
}

TEST(Builder, WritesAProgram) {
  Builder builder;
  const Value x = builder.Argument("x", {kF32, {2, 3}});
  const Value weight = builder.Argument("ffn.weight", {kF32, {4, 3}});
  const Value y = Product(x, weight, {.x_sum = {1}, .y_sum = {1}});
  EXPECT_EQ(y.dims(), (Dims{2, 4}));
  EXPECT_EQ(
      builder.Module(std::array{SumOfLast(y)}),
      "module @agront {\n"
      "func.func public @main(%x: tensor<2x3xf32>, %ffn.weight: tensor<4x3xf32>) -> (tensor<2xf32>) {\n"
      "  %2 = stablehlo.dot_general %x, %ffn.weight, contracting_dims = [1] x [1], precision = [HIGHEST, HIGHEST] : "
      "(tensor<2x3xf32>, tensor<4x3xf32>) -> tensor<2x4xf32>\n"
      "  %3 = stablehlo.constant dense<0.000000000e+00> : tensor<f32>\n"
      "  %4 = stablehlo.reduce(%2 init: %3) applies stablehlo.add across dimensions = [1] : (tensor<2x4xf32>, "
      "tensor<f32>) -> tensor<2xf32>\n"
      "  return %4 : tensor<2xf32>\n}\n}\n");
}

TEST(Builder, LoopsCarryValues) {
  Builder builder;
  const Value count = builder.Argument("count", {kI32, {}});
  const std::vector<Value> last = builder.While(
      std::array{builder.Constant(0)}, [&](std::span<const Value> values) { return Less(values[0], count); },
      [&](std::span<const Value> values) { return std::vector{values[0] + builder.Constant(1)}; });
  const std::string text = builder.Module(last);
  EXPECT_NE(text.find("^bb0(%2: tensor<i32>):\n  %3 = stablehlo.compare LT, %2, %count"), std::string::npos) << text;
  EXPECT_NE(text.find("stablehlo.return %3 : tensor<i1>"), std::string::npos) << text;
  EXPECT_NE(text.find("return %7#0 : tensor<i32>"), std::string::npos) << text;
}

TEST(Builder, ShapesOfOps) {
  Builder builder;
  const Value x = builder.Argument("x", {kF32, {2, 3, 4}});
  const Value i = builder.Argument("i", {kI32, {}});
  EXPECT_EQ(Transpose(x, {2, 0, 1}).dims(), (Dims{4, 2, 3}));
  EXPECT_EQ(At(x, i).dims(), (Dims{3, 4}));
  EXPECT_EQ(SetAt(x, i, At(x, i)).dims(), x.dims());
  EXPECT_EQ(Gather(Reshape(x, {6, 4}), builder.Argument("rows", {kI32, {5}})).dims(), (Dims{5, 4}));
  EXPECT_EQ(Product(x, x, {.x_batch = {0}, .y_batch = {0}, .x_sum = {2}, .y_sum = {2}}).dims(), (Dims{2, 3, 3}));
  EXPECT_EQ(Convert(x, kBf16).type().element, kBf16);
  EXPECT_EQ(Convert(x, kF32).id(), x.id());
  EXPECT_EQ(MaxOfLast(x).dims(), (Dims{2, 3}));
  EXPECT_EQ(Equal(x, x).type().element, Element::kI1);
}

TEST(Builder, MistakesAreNamedByTheirParameters) {
  Builder builder;
  const Value x = builder.Argument("residual", {kF32, {2, 3}});
  const Value y = builder.Argument("ffn.weight", {kF32, {2, 4}});
  const Value low = builder.Argument("low", {kBf16, {2, 3}});
  const Value i = builder.Argument("i", {kI32, {}});
  ExpectRefusal([&] { x + y; }, {"add", "%residual tensor<2x3xf32>", "%ffn.weight tensor<2x4xf32>"});
  ExpectRefusal([&] { x* low; }, {"multiply", "%low tensor<2x3xbf16>"});
  ExpectRefusal([&] { Product(x, y, {.x_sum = {1}, .y_sum = {1}}); }, {"product", "%residual", "%ffn.weight"});
  ExpectRefusal([&] { Product(x, low, {.x_sum = {1}, .y_sum = {1}}); }, {"product", "%low"});
  ExpectRefusal([&] { Reshape(x, {5}); }, {"reshape", "%residual", "tensor<5xf32>"});
  ExpectRefusal([&] { Broadcast(x, {2, 4}, {0, 1}); }, {"broadcast", "%residual"});
  ExpectRefusal([&] { Broadcast(x, {2, 3}, {0}); }, {"broadcast", "%residual"});
  ExpectRefusal([&] { Broadcast(x, {2, 3}, {0, 2}); }, {"broadcast", "%residual"});
  ExpectRefusal([&] { Transpose(x, {0, 0}); }, {"transpose", "%residual"});
  ExpectRefusal([&] { Select(x, x, x); }, {"select", "%residual"});
  ExpectRefusal([&] { Exp(low); }, {"exponential", "%low"});
  ExpectRefusal([&] { At(x, x); }, {"slice", "%residual"});
  ExpectRefusal([&] { SetAt(x, i, y); }, {"update", "%ffn.weight"});
  ExpectRefusal([&] { Gather(x, i); }, {"gather", "%i tensor<i32>"});
  ExpectRefusal([&] { builder.Constant(std::numeric_limits<float>::infinity()); }, {"constant"});
  ExpectRefusal(
      [&] {
        builder.While(
            std::array{i}, [&](std::span<const Value> values) { return values[0]; },
            [&](std::span<const Value> values) { return std::vector{values[0]}; });
      },
      {"while", "tensor<i1>"});
  ExpectRefusal(
      [&] {
        builder.While(
            std::array{i}, [&](std::span<const Value> values) { return Less(values[0], i); },
            [&](std::span<const Value> /*values*/) { return std::vector{x}; });
      },
      {"while", "tensor<i32>", "tensor<2x3xf32>"});
}

}  // namespace
}  // namespace agront::stablehlo
