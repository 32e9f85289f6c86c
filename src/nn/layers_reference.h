// SPDX-License-Identifier: Apache-2.0
// The layers in float64 and plain loops, for tests. Activations are dense rows of packed sequences.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agront/model_shape.h"
#include "nn/random_parameters.h"
#include "ops/attention/attention_reference.h"
#include "ops/channel_scale/channel_scale_reference.h"
#include "ops/layer_norm/layer_norm_reference.h"
#include "ops/matmul/matmul_reference.h"

namespace agront::nn {

using Values = std::vector<double>;

/// The factor of what LoRA adds to a product.
inline constexpr double kLoraScaling = 0.75;

/// W x + b with what an adapter changes of it, where there are such parameters: `prefix`.lora_a [rank, in] and .lora_b
/// [out, rank], .input_scales [in], .output_scales [out].
inline Values LinearReference(const NamedValues& parameters, const std::string& prefix, Values x, int64_t rows) {
  const auto find = [&](const char* name) {
    const auto found = parameters.find(prefix + name);
    return found == parameters.end() ? nullptr : &found->second;
  };
  if (const Values* scales = find(".input_scales")) x = ops::ChannelScaleReference(x, *scales);
  const Values& bias = parameters.at(prefix + ".bias");
  Values y(static_cast<size_t>(rows) * bias.size());
  ops::MatmulReference(x, parameters.at(prefix + ".weight"), bias, rows, ops::Epilogue::kNone, y);
  if (const Values* a = find(".lora_a")) {
    const Values& b = *find(".lora_b");
    const size_t rank = b.size() / bias.size();
    Values low(static_cast<size_t>(rows) * rank), added(y.size());
    ops::MatmulReference(x, *a, Values(rank), rows, ops::Epilogue::kNone, low);
    ops::MatmulReference(low, b, Values(bias.size()), rows, ops::Epilogue::kNone, added);
    for (size_t i = 0; i < y.size(); ++i) y[i] += kLoraScaling * added[i];
  }
  if (const Values* scales = find(".output_scales")) y = ops::ChannelScaleReference(y, *scales);
  return y;
}

inline Values LayerNormReference(const NamedValues& parameters, const std::string& prefix, const Values& x,
                                 double epsilon) {
  return ops::LayerNormReference(x, parameters.at(prefix + ".scale"), parameters.at(prefix + ".offset"), epsilon);
}

inline Values GeluReference(Values x) {
  for (double& value : x) value = ops::GeluReference(value);
  return x;
}

inline Values Sum(Values a, const Values& b) {
  for (size_t i = 0; i < a.size(); ++i) a[i] += b[i];
  return a;
}

/// The residual stream x [rows, C] after self-attention.
inline Values SelfAttentionReference(const NamedValues& parameters, const std::string& prefix, const ModelShape& shape,
                                     const std::vector<int64_t>& offsets, const Values& x) {
  const Values normed = LayerNormReference(parameters, prefix + ".norm", x, shape.layer_norm_epsilon);
  const auto product = [&](const char* name, const Values& input) {
    return LinearReference(parameters, prefix + name, input, offsets.back());
  };
  const Values attended = ops::AttentionReference(product(".query", normed), product(".key", normed),
                                                  product(".value", normed), offsets, shape.hidden, shape.heads);
  return Sum(x, product(".output", attended));
}

/// The residual stream x [rows, C] after the feed-forward.
inline Values FeedForwardReference(const NamedValues& parameters, const std::string& prefix, const ModelShape& shape,
                                   const Values& x) {
  const int64_t rows = static_cast<int64_t>(x.size()) / shape.hidden;
  const Values normed = LayerNormReference(parameters, prefix + ".norm", x, shape.layer_norm_epsilon);
  const Values inner = GeluReference(LinearReference(parameters, prefix + ".expand", normed, rows));
  return Sum(x, LinearReference(parameters, prefix + ".contract", inner, rows));
}

inline Values EncoderBlockReference(const NamedValues& parameters, const std::string& prefix, const ModelShape& shape,
                                    const std::vector<int64_t>& offsets, const Values& x) {
  return FeedForwardReference(parameters, prefix + ".ffn", shape,
                              SelfAttentionReference(parameters, prefix + ".attention", shape, offsets, x));
}

/// Logits of x [rows, C], which went through the final LayerNorm.
inline Values LanguageModelHeadReference(const NamedValues& parameters, const std::string& prefix,
                                         const ModelShape& shape, const Values& x) {
  const int64_t rows = static_cast<int64_t>(x.size()) / shape.hidden;
  const Values dense = GeluReference(LinearReference(parameters, prefix + ".dense", x, rows));
  const Values normed = LayerNormReference(parameters, prefix + ".norm", dense, shape.layer_norm_epsilon);
  return LinearReference(parameters, prefix + ".decoder", normed, rows);
}

/// The rows of x [_, channels], in this order.
inline Values RowsOf(const Values& x, const std::vector<int64_t>& rows, int64_t channels) {
  Values chosen;
  for (const int64_t row : rows)
    chosen.insert(chosen.end(), x.begin() + row * channels, x.begin() + (row + 1) * channels);
  return chosen;
}

}  // namespace agront::nn
