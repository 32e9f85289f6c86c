// SPDX-License-Identifier: Apache-2.0
// The adapter_config.json of Hugging Face's PEFT.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/adapter.h"

namespace agront::model {

/// Names of modules, as PEFT compares them: a list of endings, or a regular expression for whole names. Foreign
/// expressions are not run: a file could hold one that takes forever.
struct ModuleNames {
  std::optional<std::vector<std::string>> endings;
  std::optional<std::vector<AdapterTarget>> targets;  ///< of the expressions that we write ourselves
};

/// What a file says of an adapter, as far as its tensors do not.
struct PeftConfig {
  AdapterKind kind = AdapterKind::kNone;
  int64_t rank = 0;
  double alpha = 0;  ///< divided by the rank, in the file perhaps by the rank's root (rsLoRA)
  std::string task_type;
  ModuleNames target_modules;
  ModuleNames feedforward_modules;
  std::optional<std::vector<int64_t>> blocks;  ///< when not all

  /// Whether a product has an adapter, and IA3 scales its input; nothing where only the tensors tell.
  std::optional<bool> Adapts(AdapterTarget target, int64_t block) const;
  std::optional<bool> ScalesInput(AdapterTarget target, int64_t block) const;
};

/// `path` begins the messages. LoRA and IA3 are read. Throws Error, naming the key, for other methods and for settings
/// that change what is computed (DoRA, ranks by pattern, trained biases, ...), unknown ones among them.
PeftConfig ReadPeftConfig(const std::string& path, std::string_view text);

/// With exact expressions for the names of modules: the ending "output.dense" would name two products of a block.
std::string WritePeftConfig(const AdapterConfig& config);

}  // namespace agront::model
