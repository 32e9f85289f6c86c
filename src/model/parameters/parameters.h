// SPDX-License-Identifier: Apache-2.0
// The parameters of a model, by our names, and what other implementations call them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agront/model_shape.h"

namespace agront::model {

/// A matrix [rows, cols] (of a linear layer: [out, in]), or a vector [rows] when cols is 0.
struct Parameter {
  std::string name;  ///< "encoder.block.3.attention.query.weight"
  int64_t rows = 0;
  int64_t cols = 0;
  std::string hugging_face;  ///< "esm.encoder.layer.3.attention.self.query.weight"
  std::string jax;           ///< "attention_layer_3/self_attention/query/w", see CanonicalJaxName
  bool jax_transposed = false;

  int64_t size() const { return cols == 0 ? rows : rows * cols; }
};

/// All parameters of a model, in a fixed order: the order of files, of hashes and of the flat buffers of training.
std::vector<Parameter> Parameters(const ModelShape& shape);

/// Values in all of them: 991,260,405 for the published model.
int64_t CountValues(const ModelShape& shape);

/// The name of a Hugging Face tensor as `hugging_face` has it: transformers 5 writes the LayerNorms' weights and biases
/// as "LayerNorm.gamma" and "LayerNorm.beta", an old convention that it reads back as weight and bias; a bare EsmModel
/// has its parts without "esm.".
std::string CanonicalHuggingFaceName(std::string_view name);

/// The layer, from 0, in the name of a tensor of either implementation: "esm.encoder.layer.3.LayerNorm.weight",
/// "esm_transformer/attention_layer_3/fc1/w"; nothing for names without one.
std::optional<int64_t> LayerOfTensor(std::string_view name);

/// The name of a Haiku parameter without its root module and the "~" of modules made in a constructor, with the
/// newer of two names where the reference code renames modules: "esm_transformer/attention_layer_0/~/mha/query/w"
/// becomes "attention_layer_0/self_attention/query/w".
std::string CanonicalJaxName(std::string_view name);

}  // namespace agront::model
