// SPDX-License-Identifier: Apache-2.0
// The shape of a model from the configuration files of the two reference implementations. Settings that our
// forward pass does not compute (rotary positions, gated feed-forward, a decoder's mask, token dropout, tied weights,
// other special tokens, ...) are errors that name the setting.
#pragma once

#include <string>
#include <string_view>

#include "agront/model_shape.h"

namespace agront::model {

/// `text` is a config.json of Hugging Face's EsmForMaskedLM; keys that it lacks have transformers' defaults.
/// `path` begins the messages of the Errors.
ModelShape ReadHuggingFaceConfig(const std::string& path, std::string_view text);

/// `text` is a jax_model/hyperparams.json of the JAX code; keys that it lacks have that code's defaults.
/// The LayerNorm epsilon is that code's constant, 1e-5.
ModelShape ReadJaxConfig(const std::string& path, std::string_view text);

/// The config.json that EsmForMaskedLM.from_pretrained reads; `torch_dtype` is "float32", "bfloat16" or "float16".
std::string WriteHuggingFaceConfig(const ModelShape& shape, std::string_view torch_dtype);

}  // namespace agront::model
