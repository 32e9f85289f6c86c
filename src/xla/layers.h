// SPDX-License-Identifier: Apache-2.0
// The layers of nn/ as StableHLO, over rows of packed sequences: x [B, T, C] is the residual stream, and two tokens of
// a row see each other when their segments are equal.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "stablehlo/builder.h"
#include "xla/attention_kernel.h"
#include "xla/device_parameters.h"

namespace agront::xla {

/// The parameters of a program by name; of a layer, inside the loop over layers.
class ParameterValues {
 public:
  /// They become the program's next arguments.
  ParameterValues(stablehlo::Builder& builder, const std::vector<DeviceParameter>& parameters);

  /// The same with those of layer i in the place of the stacks.
  ParameterValues OfLayer(stablehlo::Value i) const;

  /// Throws std::logic_error for one that the program has not.
  stablehlo::Value operator[](const std::string& name) const;

 private:
  ParameterValues() = default;
  std::map<std::string, stablehlo::Value> values_;
  std::map<std::string, bool> is_stack_;
};

/// The model that a layer belongs to, but for its parameters.
struct LayerContext {
  const DeviceShape& shape;
  Precision precision;

  stablehlo::Element products() const;  ///< of the operands of products
  /// Product of operands in the precision, in float32.
  stablehlo::Value Multiply(stablehlo::Value x, stablehlo::Value y, const stablehlo::ProductAxes& axes) const;
};

/// Over the last dimension, of which `shape.model.hidden` are values and the rest is padding: reads `name`.scale,
/// .offset.
stablehlo::Value LayerNorm(const LayerContext& context, const ParameterValues& parameters, const std::string& name,
                           stablehlo::Value x);

/// x W^T + b: reads `name`.weight, .bias.
stablehlo::Value Linear(const LayerContext& context, const ParameterValues& parameters, const std::string& name,
                        stablehlo::Value x);

stablehlo::Value Gelu(stablehlo::Value x);

/// Which tokens see each other [B, T, T], from segments [B, T].
stablehlo::Value SeenPairs(stablehlo::Value segments);

/// Which tokens see each other, as a kernel of attention takes it.
struct Visibility {
  AttentionKernel kernel = AttentionKernel::kPlain;
  stablehlo::Value pairs = {};    ///< SeenPairs
  stablehlo::Value lengths = {};  ///< RowSegments, of kPacked alone
  stablehlo::Value offsets = {};
};

/// Queries, keys or values by heads [B, T, H, D]: reads `encoder.block.attention.`kind.weight, .bias.
stablehlo::Value ProjectedHeads(const LayerContext& context, const ParameterValues& parameters, const std::string& kind,
                                stablehlo::Value normed);

/// softmax(Q K^T / sqrt(D)), [B, H, T, T].
stablehlo::Value AttentionProbabilities(const LayerContext& context, stablehlo::Value query, stablehlo::Value key,
                                        stablehlo::Value seen);

/// softmax(Q K^T / sqrt(D)) V, [B, T, H D], of float32 or of the products.
stablehlo::Value Attention(const LayerContext& context, stablehlo::Value query, stablehlo::Value key,
                           stablehlo::Value value, const Visibility& visibility);

/// x + W_o attention(LayerNorm(x)).
stablehlo::Value SelfAttention(const LayerContext& context, const ParameterValues& parameters, stablehlo::Value x,
                               const Visibility& visibility);

/// x + W_2 gelu(W_1 LayerNorm(x)).
stablehlo::Value FeedForward(const LayerContext& context, const ParameterValues& parameters, stablehlo::Value x);

stablehlo::Value EncoderBlock(const LayerContext& context, const ParameterValues& parameters, stablehlo::Value x,
                              const Visibility& visibility);

/// W_v LayerNorm(gelu(W_d x)) + b_v, of rows [R, C] that went through the final LayerNorm.
stablehlo::Value LanguageModelHead(const LayerContext& context, const ParameterValues& parameters, stablehlo::Value x);

}  // namespace agront::xla
