// SPDX-License-Identifier: Apache-2.0
#include "xla/fused_attention.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace agront::xla {

using stablehlo::Builder;
using stablehlo::Dims;
using stablehlo::Element;
using stablehlo::Type;
using stablehlo::Value;

namespace {

using Json = nlohmann::json;

/// Numbers are text in the JSON of protocol buffers.
std::vector<std::string> Texts(const Dims& numbers) {
  std::vector<std::string> texts;
  for (const int64_t number : numbers) texts.push_back(std::to_string(number));
  return texts;
}

Json ProductNumbers(const Dims& x_sum, const Dims& y_sum, const Dims& x_batch, const Dims& y_batch) {
  return {{"lhs_contracting_dimensions", Texts(x_sum)},
          {"rhs_contracting_dimensions", Texts(y_sum)},
          {"lhs_batch_dimensions", Texts(x_batch)},
          {"rhs_batch_dimensions", Texts(y_batch)}};
}

/// The settings of the call for operands [B, T, H, D].
std::string Settings(const LayerContext& context, const Dims& operand, const Visibility& visibility) {
  const bool is_packed = visibility.kernel == AttentionKernel::kPacked;
  const Dims scores{operand[0], operand[2], operand[1], operand[1]};
  const Json algorithm = {{"algo_id", "0"},
                          {"math_type", "TENSOR_OP_MATH"},
                          {"tuning_knobs", {{"17", "1"}, {"24", "0"}}},
                          {"is_cudnn_frontend", true},
                          {"workspace_size", "0"}};
  const Json attention = {
      {"algorithm", algorithm},
      {"fmha_scale", ScoreScale(context.shape)},
      {"mask_type", is_packed ? "PADDING" : "NO_MASK"},
      {"max_seg_per_batch", is_packed ? visibility.lengths.dim(1) : 1},
      {"is_flash_attention", true},
      {"is_paged_attention", false},
      {"dropout_rate", 0.0},
      {"seed", 42},
      {"sliding_window_length", 0},
      {"intermediate_tensor_shape",
       {{"element_type", "BF16"},
        {"dimensions", Texts(scores)},
        {"layout", {{"minor_to_major", Texts({3, 2, 1, 0})}}},
        {"is_dynamic_dimension", std::vector<bool>(scores.size(), false)}}},
      {"bmm1_dot_dimension_numbers", ProductNumbers({3}, {3}, {0, 2}, {0, 2})},
      {"bmm2_dot_dimension_numbers", ProductNumbers({3}, {1}, {0, 1}, {0, 2})},
  };
  return Json{{"operation_queue_id", "0"}, {"cudnn_fmha_backend_config", attention}}.dump();
}

/// [B, 1, T, T]: 0 where tokens see each other, else so low that nothing is left of the probability.
Value BiasOf(Value seen) {
  constexpr float kUnseen = -2199023255552.0F;  // -2^41, as JAX has it
  const Dims dims = seen.dims();
  Builder& builder = seen.builder();
  const auto filled = [&](float value) { return Broadcast(builder.Constant(value), dims, {}); };
  return Reshape(Convert(Select(seen, filled(0), filled(kUnseen)), Element::kBf16), {dims[0], 1, dims[1], dims[2]});
}

}  // namespace

bool TakesFusedAttention(const DeviceShape& shape) {
  constexpr int64_t kMultiple = 8, kMost = 128;
  return shape.head % kMultiple == 0 && shape.head <= kMost;
}

float ScoreScale(const DeviceShape& shape) {
  const int64_t channels = shape.model.hidden / shape.model.heads;  // without padding
  return 1 / std::sqrt(static_cast<float>(channels));
}

Value FusedAttention(const LayerContext& context, Value query, Value key, Value value, const Visibility& visibility) {
  const bool is_packed = visibility.kernel == AttentionKernel::kPacked;
  const Dims dims = query.dims(), by_heads{dims[0], dims[2], dims[1], dims[3]};
  std::vector<Value> operands;
  for (const Value& one : {query, key, value}) operands.push_back(Convert(one, Element::kBf16));
  if (is_packed)  // of queries and of keys, which are the same
    operands.insert(operands.end(), {visibility.lengths, visibility.lengths, visibility.offsets, visibility.offsets});
  else
    operands.push_back(BiasOf(visibility.pairs));
  // The result is said to be [B, H, T, D], and lies as [B, T, H, D]: the transpose moves nothing.
  const std::vector<Value> results = query.builder().CustomCall(
      is_packed ? "__cudnn$fmhaSoftmax" : "__cudnn$fmhaScaleBiasSoftmax", Settings(context, dims, visibility), operands,
      std::vector<Builder::LaidOut>{{Type{Element::kBf16, by_heads}, {3, 1, 2, 0}}, {Type{Element::kU8, {0}}, {0}}});
  const Value mixed = Transpose(results.front(), {0, 2, 1, 3});
  return Reshape(mixed, {dims[0], dims[1], context.shape.inner()});
}

}  // namespace agront::xla
