// SPDX-License-Identifier: Apache-2.0
#include "model/parameters/adapter.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/error.h"

namespace agront::model {
namespace {

enum class Width { kHidden, kFfn };

/// {} stands for the number of the block.
struct Module {
  const char* name;
  const char* hugging_face;
  Width in;
  Width out;
};

constexpr std::array<Module, kNumAdapterTargets> kModules = {{
    {"encoder.block.{}.attention.query", "esm.encoder.layer.{}.attention.self.query", Width::kHidden, Width::kHidden},
    {"encoder.block.{}.attention.key", "esm.encoder.layer.{}.attention.self.key", Width::kHidden, Width::kHidden},
    {"encoder.block.{}.attention.value", "esm.encoder.layer.{}.attention.self.value", Width::kHidden, Width::kHidden},
    {"encoder.block.{}.attention.output", "esm.encoder.layer.{}.attention.output.dense", Width::kHidden,
     Width::kHidden},
    {"encoder.block.{}.ffn.expand", "esm.encoder.layer.{}.intermediate.dense", Width::kHidden, Width::kFfn},
    {"encoder.block.{}.ffn.contract", "esm.encoder.layer.{}.output.dense", Width::kFfn, Width::kHidden},
}};

const Module& ModuleOf(AdapterTarget target) { return kModules.at(static_cast<size_t>(target)); }

int64_t ValueOf(Width width, const ModelShape& shape) { return width == Width::kHidden ? shape.hidden : shape.ffn; }

bool IsStrictlyRising(const std::vector<AdapterTarget>& targets) {
  return std::ranges::adjacent_find(targets, std::ranges::greater_equal()) == targets.end();
}

void Check(const AdapterConfig& config) {
  if (config.targets.empty() || !IsStrictlyRising(config.targets))
    FailUsage("adapter: expected at least one target, each once and in order");
  if (config.kind == AdapterKind::kLora && config.rank < 1)
    FailUsage("adapter: expected a rank of at least 1, got {}", config.rank);
}

}  // namespace

std::string AdapterModule(AdapterTarget target, int64_t block) {
  return fmt::format(fmt::runtime(ModuleOf(target).name), block);
}

std::optional<AdapterTarget> TargetOfModule(std::string_view module) {
  for (int i = 0; i < kNumAdapterTargets; ++i) {
    const auto target = static_cast<AdapterTarget>(i);
    const std::string_view name = ModuleOf(target).name;
    if (module.ends_with(name.substr(name.find("{}") + 2))) return target;
  }
  return std::nullopt;
}

std::string HuggingFaceModule(AdapterTarget target, int64_t block) {
  return fmt::format(fmt::runtime(ModuleOf(target).hugging_face), block);
}

std::vector<Parameter> AdapterParameters(const ModelShape& shape, const AdapterConfig& config) {
  if (config.kind == AdapterKind::kNone) return {};
  Check(config);
  std::vector<Parameter> parameters;
  for (int64_t block = 0; block < shape.layers; ++block) {
    for (const AdapterTarget target : config.targets) {
      const Module& module = ModuleOf(target);
      const std::string name = AdapterModule(target, block);
      const std::string peft = "base_model.model." + HuggingFaceModule(target, block);
      const int64_t in = ValueOf(module.in, shape), out = ValueOf(module.out, shape);
      if (config.kind == AdapterKind::kLora) {
        parameters.push_back({name + ".lora_a", config.rank, in, peft + ".lora_A.weight", "", false});
        parameters.push_back({name + ".lora_b", out, config.rank, peft + ".lora_B.weight", "", false});
      } else {
        const bool scales_input = std::ranges::count(config.scaled_inputs, target) > 0;
        parameters.push_back({name + ".ia3", scales_input ? in : out, 0, peft + ".ia3_l", "", false});
      }
    }
  }
  return parameters;
}

AdapterConfig DefaultLora() {
  return {.kind = AdapterKind::kLora, .targets = {AdapterTarget::kQuery, AdapterTarget::kValue}, .scaled_inputs = {}};
}

AdapterConfig DefaultIa3() {
  return {.kind = AdapterKind::kIa3,
          .targets = {AdapterTarget::kKey, AdapterTarget::kValue, AdapterTarget::kContract},
          .scaled_inputs = {AdapterTarget::kContract}};
}

}  // namespace agront::model
