// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <numeric>
#include <stdexcept>

#include "stablehlo/builder.h"

namespace agront::stablehlo {
namespace {

[[noreturn]] void Refuse(std::string_view op, std::initializer_list<Value> operands, std::string_view expected) {
  std::string got;
  for (const Value& operand : operands)
    got += fmt::format("{}{} {}", got.empty() ? "" : ", ", operand.builder().NameOf(operand), operand.type().Text());
  throw std::logic_error(fmt::format("{}: expected {}, got {}", op, expected, got));
}

Value Emit(std::string_view text, std::initializer_list<Value> operands, const Type& result) {
  return operands.begin()->builder().Emit(text, operands, result);
}

std::string Join(const Dims& numbers) { return fmt::format("{}", fmt::join(numbers, ", ")); }

int64_t CountOf(const Dims& dims) { return std::accumulate(dims.begin(), dims.end(), int64_t{1}, std::multiplies<>()); }

Value Binary(std::string_view op, Value x, Value y) {
  if (x.type() != y.type()) Refuse(op, {x, y}, "two of one type");
  return Emit(fmt::format("stablehlo.{} {{}}, {{}} : {}", op, x.type().Text()), {x, y}, x.type());
}

Value Unary(std::string_view op, Value x) {
  if (x.type().element != Element::kF32) Refuse(op, {x}, "f32");
  return Emit(fmt::format("stablehlo.{} {{}} : {}", op, x.type().Text()), {x}, x.type());
}

Value Compared(std::string_view how, Value x, Value y) {
  if (x.type() != y.type()) Refuse(how, {x, y}, "two of one type");
  const Type result{Element::kI1, x.dims()};
  return Emit(fmt::format("stablehlo.compare {}, {{}}, {{}} : ({}, {}) -> {}", how, x.type().Text(), y.type().Text(),
                          result.Text()),
              {x, y}, result);
}

Value ReduceLast(std::string_view op, Value x, Value first) {
  if (x.rank() < 1 || x.type().element != Element::kF32) Refuse(op, {x}, "f32 with a last dimension");
  Type result = x.type();
  result.dims.pop_back();
  return Emit(
      fmt::format("stablehlo.reduce({{}} init: {{}}) applies stablehlo.{} across dimensions = [{}] : ({}, {}) -> {}",
                  op, x.rank() - 1, x.type().Text(), first.type().Text(), result.Text()),
      {x, first}, result);
}

/// The same number everywhere.
Value Filled(Value like, float value) { return Broadcast(like.builder().Constant(value), like.dims(), {}); }

/// Starts of a slice that begins at i along dimension 0, as operands, and their types.
struct Starts {
  std::vector<Value> values;
  std::string names;
  std::string types;
};
Starts StartsAt(Value stack, Value i) {
  if (i.type() != Type{Element::kI32, {}} || stack.rank() < 1) Refuse("slice", {stack, i}, "a stack and a tensor<i32>");
  Starts starts{{i}, "{}", i.type().Text()};
  const Value zero = stack.builder().Constant(0);
  for (int64_t d = 1; d < stack.rank(); ++d) {
    starts.values.push_back(zero);
    starts.names += ", {}";
    starts.types += ", " + zero.type().Text();
  }
  return starts;
}

Dims OneOf(Value stack) {
  Dims dims = stack.dims();
  dims.front() = 1;
  return dims;
}

/// The dimensions that are in neither list.
Dims Others(Value x, const Dims& first, const Dims& second) {
  Dims others;
  for (int64_t d = 0; d < x.rank(); ++d)
    if (std::ranges::find(first, d) == first.end() && std::ranges::find(second, d) == second.end()) others.push_back(d);
  return others;
}

Dims Pick(Value x, const Dims& axes) {
  Dims dims;
  for (const int64_t axis : axes) dims.push_back(x.dim(axis));
  return dims;
}

}  // namespace

Value operator+(Value x, Value y) { return Binary("add", x, y); }
Value operator-(Value x, Value y) { return Binary("subtract", x, y); }
Value operator*(Value x, Value y) { return Binary("multiply", x, y); }
Value operator/(Value x, Value y) { return Binary("divide", x, y); }
Value operator*(Value x, float factor) { return x * Filled(x, factor); }
Value operator+(Value x, float summand) { return x + Filled(x, summand); }

Value Exp(Value x) { return Unary("exponential", x); }
Value Rsqrt(Value x) { return Unary("rsqrt", x); }
Value Erf(Value x) {
  return Emit(fmt::format("chlo.erf {{}} : {} -> {}", x.type().Text(), x.type().Text()), {x}, x.type());
}

Value Convert(Value x, Element element) {
  if (x.type().element == element) return x;
  const Type result{element, x.dims()};
  return Emit(fmt::format("stablehlo.convert {{}} : ({}) -> {}", x.type().Text(), result.Text()), {x}, result);
}

Value Equal(Value x, Value y) { return Compared("EQ", x, y); }
Value Less(Value x, Value y) { return Compared("LT", x, y); }

Value Select(Value where, Value x, Value y) {
  if (x.type() != y.type() || where.type() != Type{Element::kI1, x.dims()})
    Refuse("select", {where, x, y}, "i1 and two of one type, all of one shape");
  return Emit(fmt::format("stablehlo.select {{}}, {{}}, {{}} : {}, {}", where.type().Text(), x.type().Text()),
              {where, x, y}, x.type());
}

Value Reshape(Value x, const Dims& dims) {
  const Type result{x.type().element, dims};
  if (CountOf(dims) != CountOf(x.dims())) Refuse("reshape", {x}, result.Text());
  return Emit(fmt::format("stablehlo.reshape {{}} : ({}) -> {}", x.type().Text(), result.Text()), {x}, result);
}

Value Transpose(Value x, const Dims& order) {
  Dims sorted = order, all(static_cast<size_t>(x.rank()));
  std::ranges::sort(sorted);
  std::iota(all.begin(), all.end(), 0);
  if (sorted != all) Refuse("transpose", {x}, fmt::format("an order of its dimensions, not [{}]", Join(order)));
  const Type result{x.type().element, Pick(x, order)};
  return Emit(
      fmt::format("stablehlo.transpose {{}}, dims = [{}] : ({}) -> {}", Join(order), x.type().Text(), result.Text()),
      {x}, result);
}

Value Broadcast(Value x, const Dims& dims, const Dims& axes) {
  const Type result{x.type().element, dims};
  bool fits = static_cast<int64_t>(axes.size()) == x.rank();
  for (size_t i = 0; fits && i < axes.size(); ++i)
    fits = axes[i] >= 0 && axes[i] < static_cast<int64_t>(dims.size()) &&
           dims[static_cast<size_t>(axes[i])] == x.dim(static_cast<int64_t>(i));
  if (!fits) Refuse("broadcast", {x}, fmt::format("what fits {} at [{}]", result.Text(), Join(axes)));
  return Emit(fmt::format("stablehlo.broadcast_in_dim {{}}, dims = [{}] : ({}) -> {}", Join(axes), x.type().Text(),
                          result.Text()),
              {x}, result);
}

Value SumOfLast(Value x) { return ReduceLast("add", x, x.builder().Constant(0.0F)); }
Value MaxOfLast(Value x) {
  return ReduceLast("maximum", x, x.builder().Constant(std::numeric_limits<float>::lowest()));
}

Value At(Value stack, Value i) {
  const Starts starts = StartsAt(stack, i);
  const Type slice{stack.type().element, OneOf(stack)};
  std::vector<Value> operands{stack};
  operands.insert(operands.end(), starts.values.begin(), starts.values.end());
  const Value one =
      stack.builder().Emit(fmt::format("stablehlo.dynamic_slice {{}}, {}, sizes = [{}] : ({}, {}) -> {}", starts.names,
                                       Join(slice.dims), stack.type().Text(), starts.types, slice.Text()),
                           operands, slice);
  return Reshape(one, {slice.dims.begin() + 1, slice.dims.end()});
}

Value SetAt(Value stack, Value i, Value y) {
  const Starts starts = StartsAt(stack, i);
  const Type slice{stack.type().element, OneOf(stack)};
  if (y.type() != Type{slice.element, {slice.dims.begin() + 1, slice.dims.end()}})
    Refuse("update", {stack, y}, "a stack and one of it");
  const Value one = Reshape(y, slice.dims);
  std::vector<Value> operands{stack, one};
  operands.insert(operands.end(), starts.values.begin(), starts.values.end());
  return stack.builder().Emit(
      fmt::format("stablehlo.dynamic_update_slice {{}}, {{}}, {} : ({}, {}, {}) -> {}", starts.names,
                  stack.type().Text(), slice.Text(), starts.types, stack.type().Text()),
      operands, stack.type());
}

Value Gather(Value x, Value rows) {
  if (x.rank() != 2 || rows.rank() != 1 || rows.type().element != Element::kI32)
    Refuse("gather", {x, rows}, "rows of [N, C] by numbers [R] of i32");
  const Type result{x.type().element, {rows.dim(0), x.dim(1)}};
  return Emit(
      fmt::format("\"stablehlo.gather\"({{}}, {{}}) <{{dimension_numbers = #stablehlo.gather<offset_dims = [1], "
                  "collapsed_slice_dims = [0], start_index_map = [0], index_vector_dim = 1>, slice_sizes = "
                  "array<i64: 1, {}>}}> : ({}, {}) -> {}",
                  x.dim(1), x.type().Text(), rows.type().Text(), result.Text()),
      {x, rows}, result);
}

Value Product(Value x, Value y, const ProductAxes& axes, Rounding rounding) {
  constexpr const char* kAlgorithm =
      ", precision = [DEFAULT, DEFAULT], algorithm = <lhs_precision_type = tf32, rhs_precision_type = tf32, "
      "accumulation_type = f32, lhs_component_count = 1, rhs_component_count = 1, num_primitive_operations = 1, "
      "allow_imprecise_accumulation = false>";
  const bool is_float32 = x.type().element == Element::kF32;
  if (x.type().element != y.type().element || Pick(x, axes.x_batch) != Pick(y, axes.y_batch) ||
      Pick(x, axes.x_sum) != Pick(y, axes.y_sum))
    Refuse("product", {x, y}, "two of one element that fit where they meet");
  Dims dims = Pick(x, axes.x_batch);
  for (const int64_t d : Pick(x, Others(x, axes.x_batch, axes.x_sum))) dims.push_back(d);
  for (const int64_t d : Pick(y, Others(y, axes.y_batch, axes.y_sum))) dims.push_back(d);
  const Type result{Element::kF32, dims};
  const std::string batch =
      axes.x_batch.empty() ? "" : fmt::format("batching_dims = [{}] x [{}], ", Join(axes.x_batch), Join(axes.y_batch));
  return Emit(fmt::format("stablehlo.dot_general {{}}, {{}}, {}contracting_dims = [{}] x [{}]{} : ({}, {}) -> {}",
                          batch, Join(axes.x_sum), Join(axes.y_sum),
                          !is_float32                   ? ""
                          : rounding == Rounding::kTf32 ? kAlgorithm
                                                        : ", precision = [HIGHEST, HIGHEST]",
                          x.type().Text(), y.type().Text(), result.Text()),
              {x, y}, result);
}

}  // namespace agront::stablehlo
