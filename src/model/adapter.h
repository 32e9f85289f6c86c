// SPDX-License-Identifier: Apache-2.0
// Small sets of parameters that change what a frozen model computes, by our names and by those of Hugging Face's PEFT.
//
// LoRA (Hu et al., "LoRA: low-rank adaptation of large language models", ICLR 2022): a product y = W x + b becomes
// y = W x + b + alpha / rank B A x. IA3 (Liu et al., "Few-shot parameter-efficient fine-tuning is better and cheaper than
// in-context learning", NeurIPS 2022): channels are scaled, the output of keys and values, the input of the product that
// ends the feed-forward.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agront/model_shape.h"
#include "model/parameters.h"

namespace agront::model {

enum class AdapterKind { kNone, kLora, kIa3 };

/// A product of a block that an adapter may change.
enum class AdapterTarget { kQuery, kKey, kValue, kOutput, kExpand, kContract };

struct AdapterConfig {
  AdapterKind kind = AdapterKind::kNone;
  std::vector<AdapterTarget> targets;  ///< in the order of the enumeration, each once
  int64_t rank = 8;                    ///< LoRA
  double alpha = 16;                   ///< LoRA

  double scaling() const { return alpha / static_cast<double>(rank); }
  bool operator==(const AdapterConfig&) const = default;
};

/// "encoder.block.3.attention.query", whose weight and bias the model has.
std::string AdapterModule(AdapterTarget target, int64_t block);

/// All parameters of an adapter, block by block and target by target. LoRA: MODULE.lora_a [rank, in] and MODULE.lora_b
/// [out, rank]; IA3: MODULE.ia3 [out], for kContract (and kExpand, when it is a target) [in] of kContract: see
/// ScalesInput. Parameter::hugging_face is the name in a PEFT file ("base_model.model.esm.encoder...lora_A.weight",
/// "...ia3_l", the latter [out, 1] or [1, in] in the file), Parameter::jax is empty.
std::vector<Parameter> AdapterParameters(const ModelShape& shape, const AdapterConfig& config);

/// IA3 scales what goes into a product of the feed-forward, and what comes out of the others: PEFT's feedforward_modules.
bool ScalesInput(AdapterTarget target);

}  // namespace agront::model
