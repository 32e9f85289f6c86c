// SPDX-License-Identifier: Apache-2.0
// The adapter_config.json of Hugging Face's PEFT.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/adapters/module_names.h"
#include "model/parameters/adapter.h"

namespace agront::model {

/// The settings of an adapter that its tensors do not show.
struct PeftConfig {
  AdapterKind kind = AdapterKind::kNone;
  int64_t rank = 0;
  double alpha = 0;  ///< divided by the rank, in the file perhaps by the rank's root (rsLoRA)
  std::string task_type;
  ModuleNames target_modules;
  ModuleNames exclude_modules;
  ModuleNames feedforward_modules;
  std::optional<std::vector<int64_t>> blocks;  ///< when not all: the layers that a list of target_modules is about
  std::vector<ModuleExpression> layers;        ///< of names up to the number of the layer; none: any name

  /// Whether PEFT gives the module an adapter. `module` is its name in the model that was adapted, such as
  /// "esm.encoder.layer.3.output.dense", or in a bare EsmModel without "esm.".
  bool Adapts(const std::string& module, int64_t block) const;
  /// Whether IA3 scales the module's input.
  bool ScalesInput(const std::string& module) const { return feedforward_modules.NameEnding(module); }
};

/// `path` begins the messages. LoRA and IA3 are read. Throws Error, naming the key, for other methods and for settings
/// that change what is computed (DoRA, ranks by pattern, trained biases, ...), unknown ones among them, and for regular
/// expressions that ModuleExpression does not take.
PeftConfig ReadPeftConfig(const std::string& path, std::string_view text);

/// With exact expressions for the names of modules: the ending "output.dense" would name two products of a block.
std::string WritePeftConfig(const AdapterConfig& config);

}  // namespace agront::model
