// SPDX-License-Identifier: Apache-2.0
// Writes programs in StableHLO's text, op by op. Shapes are worked out and checked as the program is built, so that a
// mistake is an error with the names of the parameters, and not one of a compiler about line 400.
//
// A Value belongs to its builder and may be used in the region where it was made and in those inside it. All dimensions
// are known numbers. Ops throw std::logic_error, with the op, its operands and their shapes.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace agront::stablehlo {

enum class Element { kF32, kBf16, kI32, kI1, kU8 };

using Dims = std::vector<int64_t>;

struct Type {
  Element element = Element::kF32;
  Dims dims;

  std::string Text() const;  ///< "tensor<2x3xf32>"
  bool operator==(const Type&) const = default;
};

class Builder;

/// A tensor of the program.
class Value {
 public:
  Value() = default;
  Value(Builder* builder, int64_t id) : builder_(builder), id_(id) {}

  Builder& builder() const { return *builder_; }
  int64_t id() const { return id_; }
  // By value, as the builder's list of types moves when an op follows.
  Type type() const;
  Dims dims() const { return type().dims; }
  int64_t dim(int64_t axis) const { return type().dims.at(static_cast<size_t>(axis)); }
  int64_t rank() const { return static_cast<int64_t>(type().dims.size()); }

 private:
  Builder* builder_ = nullptr;
  int64_t id_ = 0;
};

class Builder {
 public:
  Builder() = default;
  Builder(const Builder&) = delete;
  Builder& operator=(const Builder&) = delete;

  /// The next argument of the program. Its name is that of messages, and of letters, digits, "." and "_".
  Value Argument(const std::string& name, const Type& type);

  Value Constant(float value);
  Value Constant(int32_t value);
  /// Along an axis 0, 1, 2, ...
  Value Iota(const Dims& dims, int64_t axis);

  using Condition = std::function<Value(std::span<const Value>)>;
  using Body = std::function<std::vector<Value>(std::span<const Value>)>;
  /// Carries values through `body` while `condition`, a scalar of kI1, holds.
  std::vector<Value> While(std::span<const Value> first, const Condition& condition, const Body& body);

  /// A result of a call of the compiler's own, with the order of its dimensions in memory, the fastest first.
  struct LaidOut {
    Type type;
    Dims minor_to_major;
  };
  /// A call of what a compiler has beside the ops, by its name there: operands row by row, settings as JSON.
  std::vector<Value> CustomCall(const std::string& target, const std::string& settings, std::span<const Value> operands,
                                std::span<const LaidOut> results);

  /// The whole program, with the results that it gives.
  std::string Module(std::span<const Value> results) const;

  /// An op with one result: `text` has {} for each operand's name. For the functions below.
  Value Emit(std::string_view text, std::span<const Value> operands, const Type& result);
  const Type& TypeOf(const Value& value) const { return types_.at(static_cast<size_t>(value.id())); }
  const std::string& NameOf(const Value& value) const { return names_.at(static_cast<size_t>(value.id())); }

 private:
  Value Add(std::string name, const Type& type);
  /// The text of a region "^bb0(...): ..., return".
  std::string Region(std::span<const Value> carried, const Body& write);

  std::vector<Type> types_;
  std::vector<std::string> names_;
  std::string arguments_;
  std::string text_;  // of the region that is being written
};

// Element by element; both of one type.
Value operator+(Value x, Value y);
Value operator-(Value x, Value y);
Value operator*(Value x, Value y);
Value operator/(Value x, Value y);
Value operator*(Value x, float factor);
Value operator+(Value x, float summand);

Value Exp(Value x);
Value Rsqrt(Value x);
Value Erf(Value x);
Value Convert(Value x, Element element);
/// kI1, where x = y, or x < y.
Value Equal(Value x, Value y);
Value Less(Value x, Value y);
/// x where `where`, else y.
Value Select(Value where, Value x, Value y);

Value Reshape(Value x, const Dims& dims);
Value Transpose(Value x, const Dims& order);
/// Dimension i of x becomes dimension axes[i]; the others repeat it.
Value Broadcast(Value x, const Dims& dims, const Dims& axes);
/// Over the last dimension, which goes.
Value SumOfLast(Value x);
Value MaxOfLast(Value x);

/// x[i] of a stack, along dimension 0; i is a scalar of kI32. And the stack with y there.
Value At(Value stack, Value i);
Value SetAt(Value stack, Value i, Value y);
/// Rows of x [N, C], by numbers [R] of kI32: [R, C].
Value Gather(Value x, Value rows);

/// Which dimensions of two operands a product runs along.
struct ProductAxes {
  Dims x_batch = {};
  Dims y_batch = {};
  Dims x_sum = {};
  Dims y_sum = {};
};

/// What a device does with operands of float32 before it multiplies them.
enum class Rounding {
  kNone,  ///< HIGHEST: left to itself it would round them, to TF32 or bfloat16
  kTf32,
};

/// In float32, whatever the operands: dimensions of the batch, then what is left of x, then of y.
Value Product(Value x, Value y, const ProductAxes& axes, Rounding rounding = Rounding::kNone);

}  // namespace agront::stablehlo
