// SPDX-License-Identifier: Apache-2.0
#include "stablehlo/builder.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <numeric>
#include <stdexcept>
#include <utility>

namespace agront::stablehlo {
namespace {

const char* NameOfElement(Element element) {
  switch (element) {
    case Element::kF32: return "f32";
    case Element::kBf16: return "bf16";
    case Element::kI32: return "i32";
    case Element::kI1: return "i1";
    case Element::kU8: return "ui8";
  }
  throw std::logic_error("stablehlo: unknown element");
}

std::string JoinTypes(std::span<const Value> values) {
  std::string text;
  for (const Value& value : values) text += (text.empty() ? "" : ", ") + value.type().Text();
  return text;
}

std::string LayoutText(const Dims& minor_to_major) {
  return fmt::format("dense<[{}]> : tensor<{}xindex>", fmt::join(minor_to_major, ", "), minor_to_major.size());
}

/// As it stands between quotes.
std::string Escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '"' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::string JoinNames(const Builder& builder, std::span<const Value> values) {
  std::string text;
  for (const Value& value : values) text += (text.empty() ? "" : ", ") + builder.NameOf(value);
  return text;
}

}  // namespace

std::string Type::Text() const {
  std::string text = "tensor<";
  for (const int64_t dim : dims) text += fmt::format("{}x", dim);
  return text + NameOfElement(element) + ">";
}

Type Value::type() const { return builder_->TypeOf(*this); }

Value Builder::Add(std::string name, const Type& type) {
  types_.push_back(type);
  names_.push_back(std::move(name));
  return {this, static_cast<int64_t>(types_.size()) - 1};
}

Value Builder::Argument(const std::string& name, const Type& type) {
  const Value value = Add("%" + name, type);
  arguments_ += fmt::format("{}{}: {}", arguments_.empty() ? "" : ", ", NameOf(value), type.Text());
  return value;
}

Value Builder::Constant(float value) {
  if (!std::isfinite(value)) throw std::logic_error("constant: expected a finite number");
  const Type type{Element::kF32, {}};
  return Emit(fmt::format("stablehlo.constant dense<{:.9e}> : {}", value, type.Text()), {}, type);
}

Value Builder::Constant(int32_t value) {
  const Type type{Element::kI32, {}};
  return Emit(fmt::format("stablehlo.constant dense<{}> : {}", value, type.Text()), {}, type);
}

Value Builder::Iota(const Dims& dims, int64_t axis) {
  const Type type{Element::kI32, dims};
  return Emit(fmt::format("stablehlo.iota dim = {} : {}", axis, type.Text()), {}, type);
}

Value Builder::Emit(std::string_view text, std::span<const Value> operands, const Type& result) {
  std::string line;
  size_t next = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool is_operand = text.substr(i, 2) == "{}";
    line += is_operand ? NameOf(operands[next++]) : std::string(1, text[i]);
    if (is_operand) ++i;
  }
  const Value value = Add(fmt::format("%{}", types_.size()), result);
  text_ += fmt::format("  {} = {}\n", NameOf(value), line);
  return value;
}

std::string Builder::Region(std::span<const Value> carried, const Body& write) {
  const std::string outside = std::exchange(text_, "");
  std::vector<Value> arguments;
  std::string header;
  for (const Value& value : carried) {
    arguments.push_back(Add(fmt::format("%{}", types_.size()), value.type()));
    header += fmt::format("{}{}: {}", header.empty() ? "" : ", ", NameOf(arguments.back()), value.type().Text());
  }
  const std::vector<Value> results = write(arguments);
  const std::string region = fmt::format("^bb0({}):\n{}  stablehlo.return {} : {}\n", header, text_,
                                         JoinNames(*this, results), JoinTypes(results));
  text_ = outside;
  return region;
}

std::vector<Value> Builder::While(std::span<const Value> first, const Condition& condition, const Body& body) {
  const std::string test = Region(first, [&](std::span<const Value> values) {
    const Value holds = condition(values);
    if (holds.type() != Type{Element::kI1, {}}) throw std::logic_error("while: expected a condition of tensor<i1>");
    return std::vector{holds};
  });
  const std::string work = Region(first, [&](std::span<const Value> values) {
    std::vector<Value> results = body(values);
    if (JoinTypes(results) != JoinTypes(first))
      throw std::logic_error(
          fmt::format("while: expected results of types {}, got {}", JoinTypes(first), JoinTypes(results)));
    return results;
  });
  const std::string name = fmt::format("%{}", types_.size());
  const std::string types = JoinTypes(first);
  text_ += fmt::format("  {}:{} = \"stablehlo.while\"({}) ({{\n{}}}, {{\n{}}}) : ({}) -> ({})\n", name, first.size(),
                       JoinNames(*this, first), test, work, types, types);
  std::vector<Value> results;
  for (size_t i = 0; i < first.size(); ++i) results.push_back(Add(fmt::format("{}#{}", name, i), first[i].type()));
  return results;
}

std::vector<Value> Builder::CustomCall(const std::string& target, const std::string& settings,
                                       std::span<const Value> operands, std::span<const LaidOut> results) {
  std::vector<std::string> operand_layouts, result_layouts, types;
  for (const Value& operand : operands) {
    Dims row_by_row(static_cast<size_t>(operand.rank()));
    std::iota(row_by_row.rbegin(), row_by_row.rend(), 0);
    operand_layouts.push_back(LayoutText(row_by_row));
  }
  for (const LaidOut& result : results) {
    result_layouts.push_back(LayoutText(result.minor_to_major));
    types.push_back(result.type.Text());
  }
  const std::string name = fmt::format("%{}", types_.size());
  text_ += fmt::format(
      "  {}:{} = stablehlo.custom_call @{}({}) {{api_version = 2 : i32, backend_config = \"{}\", operand_layouts = "
      "[{}], result_layouts = [{}]}} : ({}) -> ({})\n",
      name, results.size(), target, JoinNames(*this, operands), Escaped(settings), fmt::join(operand_layouts, ", "),
      fmt::join(result_layouts, ", "), JoinTypes(operands), fmt::join(types, ", "));
  std::vector<Value> values;
  for (size_t i = 0; i < results.size(); ++i) values.push_back(Add(fmt::format("{}#{}", name, i), results[i].type));
  return values;
}

std::string Builder::Module(std::span<const Value> results) const {
  return fmt::format("module @agront {{\nfunc.func public @main({}) -> ({}) {{\n{}  return {} : {}\n}}\n}}\n",
                     arguments_, JoinTypes(results), text_, JoinNames(*this, results), JoinTypes(results));
}

}  // namespace agront::stablehlo
