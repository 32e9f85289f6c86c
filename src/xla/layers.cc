// SPDX-License-Identifier: Apache-2.0
#include "xla/layers.h"

#include <cmath>
#include <numeric>
#include <stdexcept>

#include "xla/fused_attention.h"

namespace agront::xla {

using stablehlo::Dims;
using stablehlo::Element;
using stablehlo::Value;

namespace {

/// The numbers 0 to rank - 2: all dimensions but the last.
Dims AllButLast(const Value& x) {
  Dims axes(static_cast<size_t>(x.rank() - 1));
  std::iota(axes.begin(), axes.end(), 0);
  return axes;
}

/// A value of each row, or of each channel, for every element of `like`.
Value OverRows(Value rows, const Value& like) { return Broadcast(rows, like.dims(), AllButLast(like)); }
Value OverChannels(Value channels, const Value& like) { return Broadcast(channels, like.dims(), {like.rank() - 1}); }

/// [B, T, H D] as [B, T, H, D].
Value SplitHeads(const LayerContext& context, Value x) {
  return Reshape(x, {x.dim(0), x.dim(1), context.shape.model.heads, context.shape.head});
}

}  // namespace

Element LayerContext::products() const { return precision == Precision::kBf16 ? Element::kBf16 : Element::kF32; }

Value LayerContext::Multiply(Value x, Value y, const stablehlo::ProductAxes& axes) const {
  return Product(Convert(x, products()), Convert(y, products()), axes,
                 precision == Precision::kTf32 ? stablehlo::Rounding::kTf32 : stablehlo::Rounding::kNone);
}

ParameterValues::ParameterValues(stablehlo::Builder& builder, const std::vector<DeviceParameter>& parameters) {
  for (const DeviceParameter& parameter : parameters) {
    values_[parameter.name] = builder.Argument(parameter.name, parameter.type());
    is_stack_[parameter.name] = parameter.layers > 0;
  }
}

ParameterValues ParameterValues::OfLayer(Value i) const {
  ParameterValues layer;
  for (const auto& [name, value] : values_)
    if (is_stack_.at(name)) layer.values_[name] = At(value, i);
  return layer;
}

Value ParameterValues::operator[](const std::string& name) const {
  const auto found = values_.find(name);
  if (found == values_.end()) throw std::logic_error("program: no parameter " + name);
  return found->second;
}

Value LayerNorm(const LayerContext& context, const ParameterValues& parameters, const std::string& name, Value x) {
  const DeviceShape& shape = context.shape;
  const float share = 1.0F / static_cast<float>(shape.model.hidden);
  Value centred = x - OverRows(SumOfLast(x) * share, x);  // padding is zero in x, and would not be here
  if (shape.hidden != shape.model.hidden) {
    stablehlo::Builder& builder = x.builder();
    const Value last = Broadcast(builder.Constant(static_cast<int32_t>(shape.model.hidden)), x.dims(), {});
    centred = Select(Less(builder.Iota(x.dims(), x.rank() - 1), last), centred, x);
  }
  const Value variance = SumOfLast(centred * centred) * share;
  const Value factor = Rsqrt(variance + shape.model.layer_norm_epsilon);
  return centred * OverRows(factor, x) * OverChannels(parameters[name + ".scale"], x) +
         OverChannels(parameters[name + ".offset"], x);
}

Value Linear(const LayerContext& context, const ParameterValues& parameters, const std::string& name, Value x) {
  const Value y = context.Multiply(x, parameters[name + ".weight"], {.x_sum = {x.rank() - 1}, .y_sum = {1}});
  return y + OverChannels(parameters[name + ".bias"], y);
}

Value Gelu(Value x) { return x * 0.5F * (Erf(x * std::sqrt(0.5F)) + 1.0F); }

Value SeenPairs(Value segments) {
  const Dims pairs{segments.dim(0), segments.dim(1), segments.dim(1)};
  return Equal(Broadcast(segments, pairs, {0, 1}), Broadcast(segments, pairs, {0, 2}));
}

Value ProjectedHeads(const LayerContext& context, const ParameterValues& parameters, const std::string& kind,
                     Value normed) {
  return SplitHeads(context, Linear(context, parameters, "encoder.block.attention." + kind, normed));
}

Value AttentionProbabilities(const LayerContext& context, Value query, Value key, Value seen) {
  const Value scores = context.Multiply(query * ScoreScale(context.shape), key,
                                        {.x_batch = {0, 2}, .y_batch = {0, 2}, .x_sum = {3}, .y_sum = {3}});
  constexpr float kUnseen = -1e30F;
  const Value unseen = Broadcast(scores.builder().Constant(kUnseen), scores.dims(), {});
  const Value masked = Select(Broadcast(seen, scores.dims(), {0, 2, 3}), scores, unseen);
  const Value exponentials = Exp(masked - OverRows(MaxOfLast(masked), masked));
  return exponentials / OverRows(SumOfLast(exponentials), exponentials);
}

Value Attention(const LayerContext& context, Value query, Value key, Value value, const Visibility& visibility) {
  if (visibility.kernel != AttentionKernel::kPlain) return FusedAttention(context, query, key, value, visibility);
  const Value probabilities = AttentionProbabilities(context, query, key, visibility.pairs);
  const Value mixed = context.Multiply(
      probabilities, value, {.x_batch = {0, 1}, .y_batch = {0, 2}, .x_sum = {3}, .y_sum = {1}});  // [B, H, T, D]
  return Reshape(Transpose(mixed, {0, 2, 1, 3}), {query.dim(0), query.dim(1), context.shape.inner()});
}

Value SelfAttention(const LayerContext& context, const ParameterValues& parameters, Value x,
                    const Visibility& visibility) {
  const Value normed = LayerNorm(context, parameters, "encoder.block.attention.norm", x);
  const auto heads = [&](const char* kind) { return ProjectedHeads(context, parameters, kind, normed); };
  const Value query = heads("query"), key = heads("key"), value = heads("value");
  const Value mixed = Attention(context, query, key, value, visibility);
  return x + Linear(context, parameters, "encoder.block.attention.output", mixed);
}

Value FeedForward(const LayerContext& context, const ParameterValues& parameters, Value x) {
  const Value normed = LayerNorm(context, parameters, "encoder.block.ffn.norm", x);
  const Value inner = Gelu(Linear(context, parameters, "encoder.block.ffn.expand", normed));
  return x + Linear(context, parameters, "encoder.block.ffn.contract", inner);
}

Value EncoderBlock(const LayerContext& context, const ParameterValues& parameters, Value x,
                   const Visibility& visibility) {
  return FeedForward(context, parameters, SelfAttention(context, parameters, x, visibility));
}

Value LanguageModelHead(const LayerContext& context, const ParameterValues& parameters, Value x) {
  const Value inner = Gelu(Linear(context, parameters, "head.dense", x));
  return Linear(context, parameters, "head.decoder", LayerNorm(context, parameters, "head.norm", inner));
}

}  // namespace agront::xla
