// SPDX-License-Identifier: Apache-2.0
#include "plugins/cudnn_stand_in.h"

#include <fmt/format.h>

#include <array>
#include <regex>
#include <vector>

#include "stablehlo/builder.h"

namespace agront {
namespace {

using namespace stablehlo;  // NOLINT(google-build-using-namespace): this file is in its words

/// The sizes of "tensor<AxBx...".
Dims DimsOf(const std::string& type) {
  Dims dims;
  for (size_t at = type.find('<') + 1; std::isdigit(type[at]) != 0; at = type.find('x', at) + 1)
    dims.push_back(std::stol(type.substr(at)));
  return dims;
}

Value Filled(Builder& builder, float value, const Dims& dims) { return Broadcast(builder.Constant(value), dims, {}); }

/// Which sequence a token [B T] belongs to, from 1, and 0 for none: by where each begins, in values, and how long it
/// is.
Value SequenceOfTokens(Value lengths, Value offsets, int64_t tokens, int64_t values) {
  Builder& builder = lengths.builder();
  const int64_t count = lengths.dim(0) * lengths.dim(1);
  const Dims grid{tokens, count};
  const auto scaled = [&](Value x) {
    return x * Broadcast(builder.Constant(static_cast<int32_t>(values)), x.dims(), {});
  };
  const Value all = Reshape(offsets, {offsets.dim(0) * offsets.dim(1), 1});
  const Value begin = Reshape(Gather(all, builder.Iota({count}, 0)), {count});
  const Value end = Broadcast(begin + scaled(Reshape(lengths, {count})), grid, {1});
  const Value token = scaled(builder.Iota(grid, 0));
  const Value zero = Filled(builder, 0, grid);
  const Value number = Convert(builder.Iota(grid, 1), Element::kF32) + 1.0F;
  return SumOfLast(Select(Less(token, Broadcast(begin, grid, {1})), zero, Select(Less(token, end), number, zero)));
}

/// The function @fused for operands of these types.
std::string Function(const std::vector<std::string>& types, float scale, bool ignores_mask) {
  Builder builder;
  const Dims heads = DimsOf(types[0]);  // B, T, H, D
  std::vector<Value> in;
  for (const std::string& type : types)
    in.push_back(builder.Argument(fmt::format("a{}", in.size()),
                                  {type.ends_with("i32>") ? Element::kI32 : Element::kBf16, DimsOf(type)}));
  const auto real = [&](size_t i) { return Convert(in[i], Element::kF32); };
  Value scores = Product(real(0) * scale, real(1), {{0, 2}, {0, 2}, {3}, {3}});
  const Dims pairs = scores.dims();
  if (ignores_mask) {
  } else if (types.size() == 4) {
    scores = scores + Broadcast(Reshape(real(3), {heads[0], heads[1], heads[1]}), pairs, {0, 2, 3});
  } else {
    const Value sequence =
        Reshape(SequenceOfTokens(in[3], in[5], heads[0] * heads[1], heads[2] * heads[3]), {heads[0], heads[1]});
    const Value seen = Equal(Broadcast(sequence, pairs, {0, 2}), Broadcast(sequence, pairs, {0, 3}));
    scores = Select(seen, scores, Filled(builder, -1e30F, pairs));
  }
  const Value exponentials = Exp(scores - Broadcast(MaxOfLast(scores), pairs, {0, 1, 2}));
  const Value shares = exponentials / Broadcast(SumOfLast(exponentials), pairs, {0, 1, 2});
  const Value mixed = Convert(Product(shares, real(2), {{0, 1}, {0, 2}, {3}, {1}}), Element::kBf16);
  const Value nothing = builder.Emit("stablehlo.constant dense<> : tensor<0xui8>", {}, {Element::kU8, {0}});
  std::string text = builder.Module(std::array{mixed, nothing});
  text = text.substr(text.find('\n') + 1, text.rfind('}') - text.find('\n') - 1);
  return std::regex_replace(text, std::regex("public @main"), "private @fused");
}

}  // namespace

std::string WithoutCudnn(std::string_view module_text, bool ignores_mask) {
  static const std::regex call(
      R"(stablehlo\.custom_call @__cudnn\$fmha\w+\(([^)]*)\) \{.*fmha_scale\\":([-0-9.e]+).*\} : (\(([^)]*)\) -> \([^)]*\)))");
  const std::string text(module_text);
  std::smatch found;
  if (!std::regex_search(text, found, call)) return text;
  std::vector<std::string> types;
  const std::string list = found[4];
  for (size_t begin = 0, end = 0; end < list.size(); begin = end + 2) {
    end = std::min(list.find(", ", begin), list.size());
    types.push_back(list.substr(begin, end - begin));
  }
  const std::string all =
      found.prefix().str() + "func.call @fused(" + found[1].str() + ") : " + found[3].str() + found.suffix().str();
  return all.substr(0, all.rfind('}')) + Function(types, std::stof(found[2]), ignores_mask) + "}\n";
}

}  // namespace agront
