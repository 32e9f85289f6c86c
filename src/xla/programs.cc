// SPDX-License-Identifier: Apache-2.0
#include "xla/programs.h"

#include <array>

#include "stablehlo/builder.h"
#include "xla/layers.h"

namespace agront::xla {
namespace {

using stablehlo::Builder;
using stablehlo::Dims;
using stablehlo::Element;
using stablehlo::Type;
using stablehlo::Value;

Value Argument32(Builder& builder, const std::string& name, const Dims& dims) {
  return builder.Argument(name, Type{Element::kI32, dims});
}

/// A stack of residual streams, `kept` of them and one that is not looked at.
Type StackType(const DeviceShape& shape, const RowShape& rows, int64_t kept) {
  return {Element::kF32, {kept + 1, rows.rows, rows.tokens, shape.hidden}};
}

/// The arguments that say which tokens see each other.
Visibility VisibilityArguments(Builder& builder, const RowShape& rows, const AttentionPlan& plan) {
  Visibility visibility{.kernel = plan.kernel};
  visibility.pairs = SeenPairs(Argument32(builder, "segments", {rows.rows, rows.tokens}));
  if (plan.kernel != AttentionKernel::kPacked) return visibility;
  visibility.lengths = Argument32(builder, "lengths", {rows.rows, plan.segments});
  visibility.offsets = Argument32(builder, "offsets", {rows.rows, plan.segments + 1});
  return visibility;
}

Value Embed(const ParameterValues& parameters, const RowShape& rows, Value tokens, Value positions) {
  const auto look_up = [&](const char* table, Value numbers) {
    return Gather(parameters[table], Reshape(numbers, {rows.rows * rows.tokens}));
  };
  const Value sum = look_up("embedding.tokens", tokens) + look_up("embedding.positions", positions);
  return Reshape(sum, {rows.rows, rows.tokens, sum.dim(1)});
}

}  // namespace

std::string EncoderProgram(const DeviceShape& shape, Precision precision, const RowShape& rows, int64_t kept,
                           const AttentionPlan& attention) {
  Builder builder;
  const LayerContext context{shape, precision};
  const Value tokens = Argument32(builder, "tokens", {rows.rows, rows.tokens});
  const Value positions = Argument32(builder, "positions", {rows.rows, rows.tokens});
  const Visibility visibility = VisibilityArguments(builder, rows, attention);
  const Value num_layers = Argument32(builder, "num_layers", {});
  const Value places = Argument32(builder, "places", {shape.model.layers + 1});
  const ParameterValues parameters(builder, EncoderParameters(shape, precision));

  const auto keep = [&](Value stack, Value layer, Value x) { return SetAt(stack, At(places, layer), x); };
  std::vector<Value> carried{builder.Constant(0), Embed(parameters, rows, tokens, positions)};
  if (kept > 0) {
    const Value empty = Broadcast(builder.Constant(0.0F), StackType(shape, rows, kept).dims, {});
    carried.push_back(keep(empty, carried[0], carried[1]));
  }
  const std::vector<Value> last = builder.While(
      carried, [&](std::span<const Value> values) { return Less(values[0], num_layers); },
      [&](std::span<const Value> values) {
        const Value next = values[0] + builder.Constant(1);
        const Value x = EncoderBlock(context, parameters.OfLayer(values[0]), values[1], visibility);
        std::vector<Value> results{next, x};
        if (kept > 0) results.push_back(keep(values[2], next, x));
        return results;
      });
  std::vector<Value> results{last[1], LayerNorm(context, parameters, "encoder.norm", last[1])};
  if (kept > 0) results.push_back(last[2]);
  return builder.Module(results);
}

std::string HeadProgram(const DeviceShape& shape, Precision precision, const RowShape& rows, int64_t chosen) {
  Builder builder;
  const LayerContext context{shape, precision};
  const Value x = builder.Argument("residual", {Element::kF32, {rows.rows, rows.tokens, shape.hidden}});
  const Value numbers = Argument32(builder, "numbers", {chosen});
  const ParameterValues parameters(builder, HeadParameters(shape, precision));
  const Value all = Reshape(x, {rows.rows * rows.tokens, shape.hidden});
  const Value normed = LayerNorm(context, parameters, "encoder.norm", Gather(all, numbers));
  return builder.Module(std::array{LanguageModelHead(context, parameters, normed)});
}

std::string MapProgram(const DeviceShape& shape, Precision precision, const RowShape& rows, int64_t kept) {
  Builder builder;
  const LayerContext context{shape, precision};
  const Value stack = builder.Argument("stack", StackType(shape, rows, kept));
  const Value segments = Argument32(builder, "segments", {rows.rows, rows.tokens});
  const Value place = Argument32(builder, "place", {});
  const Value row = Argument32(builder, "row", {});
  const Value block = Argument32(builder, "block", {});
  const ParameterValues parameters = ParameterValues(builder, MapParameters(shape, precision)).OfLayer(block);

  const Value x = Reshape(At(At(stack, place), row), {1, rows.tokens, shape.hidden});
  const Value seen = SeenPairs(Reshape(At(segments, row), {1, rows.tokens}));
  const Value normed = LayerNorm(context, parameters, "encoder.block.attention.norm", x);
  const Value maps = AttentionProbabilities(context, ProjectedHeads(context, parameters, "query", normed),
                                            ProjectedHeads(context, parameters, "key", normed), seen);
  return builder.Module(std::array{Reshape(maps, {shape.model.heads, rows.tokens, rows.tokens})});
}

std::string AttentionCheckProgram(const DeviceShape& shape, Precision precision, const RowShape& rows,
                                  const AttentionPlan& attention) {
  Builder builder;
  const LayerContext context{shape, precision};
  std::vector<Value> heads;
  for (const char* name : {"queries", "keys", "values"}) {
    const Value all = builder.Argument(name, {Element::kF32, {rows.rows, rows.tokens, shape.inner()}});
    heads.push_back(Reshape(all, {rows.rows, rows.tokens, shape.model.heads, shape.head}));
  }
  const Visibility visibility = VisibilityArguments(builder, rows, attention);
  const auto by = [&](const Visibility& one) {
    return Convert(Attention(context, heads[0], heads[1], heads[2], one), Element::kF32);
  };
  return builder.Module(std::array{by({.pairs = visibility.pairs}), by(visibility)});
}

std::string ProductProgram(const DeviceShape& shape, Precision precision, int64_t rows) {
  Builder builder;
  const LayerContext context{shape, precision};
  const Value x = builder.Argument("x", {context.products(), {rows, shape.hidden}});
  const Value weight = builder.Argument("weight", {context.products(), {shape.ffn, shape.hidden}});
  const Value y = context.Multiply(x, weight, {.x_sum = {1}, .y_sum = {1}});
  return builder.Module(std::array{MaxOfLast(MaxOfLast(y))});
}

}  // namespace agront::xla
