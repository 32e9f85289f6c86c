// SPDX-License-Identifier: Apache-2.0
// Small sets of parameters that change what a frozen model computes, by our names and by those of Hugging Face's PEFT.
//
// LoRA (Hu et al., "LoRA: low-rank adaptation of large language models", ICLR 2022): a product y = W x + b becomes
// y = W x + b + alpha / rank B A x. IA3 (Liu et al., "Few-shot parameter-efficient fine-tuning is better and cheaper
// than in-context learning", NeurIPS 2022): channels are scaled, by default those that keys and values give and those
// that the product at the end of the feed-forward takes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agront/adapter_target.h"
#include "agront/model_shape.h"
#include "model/parameters/parameters.h"

namespace agront::model {

enum class AdapterKind { kNone, kLora, kIa3 };

inline constexpr int kNumAdapterTargets = 6;

struct AdapterConfig {
  AdapterKind kind = AdapterKind::kNone;
  std::vector<AdapterTarget> targets;  ///< in the order of the enumeration, each once
  int64_t rank = 8;                    ///< LoRA
  double alpha = 16;                   ///< LoRA
  /// IA3: targets whose input is scaled, not what they give. PEFT's feedforward_modules.
  std::vector<AdapterTarget> scaled_inputs;

  double scaling() const { return alpha / static_cast<double>(rank); }
  bool operator==(const AdapterConfig&) const = default;
};

/// "encoder.block.3.attention.query", whose weight and bias the model has.
std::string AdapterModule(AdapterTarget target, int64_t block);

/// The product that the module is; nothing for other modules.
std::optional<AdapterTarget> TargetOfModule(std::string_view module);

/// The module's name in Hugging Face's models: "esm.encoder.layer.3.attention.self.query".
std::string HuggingFaceModule(AdapterTarget target, int64_t block);

/// All parameters of an adapter, block by block and target by target. LoRA: MODULE.lora_a [rank, in] and MODULE.lora_b
/// [out, rank]; IA3: MODULE.ia3, a vector [out], or [in] where the input is scaled. Parameter::hugging_face is the name
/// in a PEFT file ("base_model.model.esm.encoder.layer.3.attention.self.query.lora_A.weight", "...ia3_l", the latter
/// [out, 1] or [1, in] there), Parameter::jax is empty. Throws UsageError when targets are not as said above, or the
/// rank is not positive.
std::vector<Parameter> AdapterParameters(const ModelShape& shape, const AdapterConfig& config);

/// The usual placements: LoRA of queries and values; IA3 of keys, values and the inner feed-forward.
AdapterConfig DefaultLora();
AdapterConfig DefaultIa3();

}  // namespace agront::model
