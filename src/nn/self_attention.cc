// SPDX-License-Identifier: Apache-2.0
#include "nn/self_attention.h"

#include "ops/attention/attention.h"
#include "ops/attention/attention_kernels.h"

namespace agront::nn {

SelfAttention::SelfAttention(ParameterSource& source, const std::string& prefix, const ModelShape& shape,
                             Precision precision)
    : heads_(shape.heads),
      precision_(precision),
      norm_(source, prefix + ".norm", shape.hidden, shape.layer_norm_epsilon),
      query_(LoadLinear(source, prefix + ".query", shape.hidden, shape.hidden, precision)),
      key_(LoadLinear(source, prefix + ".key", shape.hidden, shape.hidden, precision)),
      value_(LoadLinear(source, prefix + ".value", shape.hidden, shape.hidden, precision)),
      output_(LoadLinear(source, prefix + ".output", shape.hidden, shape.hidden, precision)) {}

void SelfAttention::MakeKeysAndValues(Workspace& workspace, tensor::ConstMatrixView x) const {
  ops::ProductInput& input = workspace.input();
  norm_.Forward(x, workspace.normed(), key_.input_format(), input);
  key_.Multiply(input, ops::Epilogue::kNone, workspace.key());
  input.Use(value_.input_format());
  value_.Multiply(input, ops::Epilogue::kNone, workspace.value());
}

void SelfAttention::Forward(std::span<const int64_t> offsets, std::span<const AttentionMapOutput> maps,
                            Workspace& workspace, tensor::MatrixView x) const {
  MakeKeysAndValues(workspace, x);
  ops::ProductInput& input = workspace.input();
  input.Use(query_.input_format());
  query_.Multiply(input, ops::Epilogue::kNone, workspace.query());

  const ops::AttentionInputs inputs{workspace.query(), workspace.key(), workspace.value(), offsets, heads_};
  for (const AttentionMapOutput& map : maps)
    ops::AttentionProbabilities(inputs, map.sequence, map.head, map.probabilities);

  // Over the queries, which are not needed again.
  ops::AttentionForward(inputs, precision_, workspace.query());
  input.Set(workspace.query(), output_.input_format());
  output_.Multiply(input, ops::Epilogue::kAdd, x);
}

void SelfAttention::Forward(std::span<const int64_t> offsets, Workspace& workspace, tensor::ConstMatrixView x,
                            const ChosenRows& chosen) const {
  MakeKeysAndValues(workspace, x);
  workspace.Narrow(chosen.values.rows);
  ops::ProductInput& input = workspace.input();
  norm_.Forward(chosen.values, workspace.normed(), query_.input_format(), input);
  query_.Multiply(input, ops::Epilogue::kNone, workspace.query());
  const ops::AttentionInputs inputs{workspace.query(), workspace.key(), workspace.value(),
                                    offsets,           heads_,          chosen.offsets};
  ops::AttentionForward(inputs, precision_, workspace.query());
  input.Set(workspace.query(), output_.input_format());
  output_.Multiply(input, ops::Epilogue::kAdd, chosen.values);
}

}  // namespace agront::nn
