// SPDX-License-Identifier: Apache-2.0
#include "model/adapters/peft_config.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "base/ascii.h"
#include "base/error.h"
#include "formats/printable.h"
#include "model/checkpoints/settings.h"

namespace agront::model {
namespace {

/// Keys on how an adapter was made or how it is loaded, which do not change its results.
const std::set<std::string> kInformation = {
    "auto_mapping", "base_model_name_or_path", "corda_config",     "ensure_weight_tying",
    "eva_config",   "inference_mode",          "init_ia3_weights", "loftq_config",
    "lora_dropout", "lora_ga_config",          "megatron_config",  "megatron_core",
    "peft_version", "qalora_group_size",       "revision",         "runtime_config",
};

/// Keys that are read below, whatever they hold.
const std::set<std::string> kRead = {
    "exclude_modules", "feedforward_modules", "init_lora_weights",
    "layers_pattern",  "layers_to_transform", "lora_alpha",
    "modules_to_save", "peft_type",           "r",
    "target_modules",  "task_type",           "use_rslora",
};

bool IsNothing(const Json& value) {
  return value.is_null() || value == false || value == "" || value == "none" ||
         (value.is_structured() && value.empty());
}

/// All others must say that there is nothing.
void RefuseOtherSettings(const Settings& settings) {
  for (const auto& [key, value] : settings.json().items())
    if (!kInformation.contains(key) && !kRead.contains(key) && !IsNothing(value))
      settings.Refuse(formats::Printable(key).c_str(), "none, this program does not compute it");
}

/// These begin with other weights of the base model than those of its file.
void RefuseChangedBase(const Settings& settings) {
  const Json value = settings.Get("init_lora_weights", true);
  const bool is_known = value.is_boolean() || value == "gaussian" || value == "eva" || value == "orthogonal";
  if (!is_known)
    settings.Refuse("init_lora_weights", "true, false, gaussian, eva or orthogonal, which leave the base model alone");
}

std::string TextOf(const Settings& settings, const char* key) {
  const Json value = settings.Get(key, "");
  if (!value.is_string()) settings.Refuse(key, "a text");
  return formats::Printable(value.get<std::string>());
}

void CheckSavedModules(const Settings& settings) {
  const Json saved = settings.Get("modules_to_save", Json::array());
  const bool is_head = saved.is_array() && std::ranges::all_of(saved, [](const Json& name) {
                         return name == "classifier" || name == "score";
                       });
  if (!is_head) settings.Refuse("modules_to_save", "null or the classifier");
}

/// An expression for whole names of Hugging Face's modules.
std::string Expression(const std::vector<AdapterTarget>& targets) {
  const std::string before = "esm.encoder.layer.0.";
  std::vector<std::string> names;
  for (const AdapterTarget target : targets) {
    std::string name;
    for (const char c : HuggingFaceModule(target, 0).substr(before.size()))
      name += c == '.' ? "\\." : std::string(1, c);
    names.push_back(name);
  }
  return fmt::format(R"(esm\.encoder\.layer\.\d+\.(?:{}))", fmt::join(names, "|"));
}

ModuleExpression ReadExpression(const Settings& settings, const char* key, const std::string& text) {
  const auto expression = ModuleExpression::Compile(text);
  if (!expression)
    settings.Refuse(key,
                    "a list of names, or a regular expression of at most 500 characters, without look-behind, named "
                    "groups, flags and back-references");
  return *expression;
}

std::vector<std::string> ReadList(const Settings& settings, const char* key, const Json& value) {
  const bool is_list =
      value.is_array() && std::ranges::all_of(value, [](const Json& name) { return name.is_string(); });
  if (!is_list) settings.Refuse(key, "a list of names or a regular expression");
  return value.get<std::vector<std::string>>();
}

ModuleNames ReadNames(const Settings& settings, const char* key) {
  const Json value = settings.Get(key, nullptr);
  if (!value.is_string()) return ModuleNames(ReadList(settings, key, value));
  if (value == "all-linear") settings.Refuse(key, "the names that PEFT writes in its place");
  return ModuleNames(ReadExpression(settings, key, value.get<std::string>()));
}

std::optional<std::vector<int64_t>> ReadBlocks(const Settings& settings) {
  Json value = settings.Get("layers_to_transform", nullptr);
  if (value.is_null()) return std::nullopt;
  if (!value.is_array()) value = Json::array({value});
  if (!std::ranges::all_of(value, [](const Json& block) { return block.is_number_integer(); }))
    settings.Refuse("layers_to_transform", "whole numbers");
  return value.empty() ? std::nullopt : std::optional(value.get<std::vector<int64_t>>());
}

/// Which layers a list of modules is about. PEFT takes neither key beside an expression, nor the second one alone.
void ReadLayers(const Settings& settings, PeftConfig& config) {
  config.blocks = ReadBlocks(settings);
  const Json patterns = settings.Get("layers_pattern", nullptr);
  const bool has_patterns = !IsNothing(patterns);
  const bool may_have_layers = config.kind == AdapterKind::kLora && !config.target_modules.is_expression();
  if (config.blocks && !may_have_layers) settings.Refuse("layers_to_transform", "null, as target_modules are no list");
  if (has_patterns && !config.blocks) settings.Refuse("layers_pattern", "null without layers_to_transform");
  if (!has_patterns) return;
  const Json list = patterns.is_string() ? Json::array({patterns}) : patterns;
  for (const std::string& pattern : ReadList(settings, "layers_pattern", list)) {
    const bool is_name =
        std::ranges::all_of(pattern, [](char c) { return IsAsciiLetterOrDigit(c) || c == '_' || c == '.'; });
    if (!is_name) settings.Refuse("layers_pattern", "names of letters and digits");
    config.layers.push_back(ReadExpression(settings, "layers_pattern", "(?:.*\\.)?" + pattern + "\\.\\d+\\..*"));
  }
}

double ReadAlpha(const Settings& settings, int64_t rank) {
  const Json alpha = settings.Get("lora_alpha", 8);
  const Json by_root = settings.Get("use_rslora", false);
  if (!alpha.is_number() || !std::isfinite(alpha.get<double>())) settings.Refuse("lora_alpha", "a number");
  if (!by_root.is_boolean()) settings.Refuse("use_rslora", "true or false");
  return alpha.get<double>() * (by_root.get<bool>() ? std::sqrt(static_cast<double>(rank)) : 1);
}

}  // namespace

bool PeftConfig::Adapts(const std::string& module, int64_t block) const {
  if (exclude_modules.Name(module) || !target_modules.Name(module)) return false;
  if (!blocks || target_modules.NameWhole(module)) return true;  // PEFT looks at layers where an ending fits
  const bool is_layer =
      layers.empty() || std::ranges::any_of(layers, [&](const ModuleExpression& layer) { return layer.Fits(module); });
  return is_layer && std::ranges::count(*blocks, block) > 0;
}

PeftConfig ReadPeftConfig(const std::string& path, std::string_view text) {
  const Settings settings(path, text);
  PeftConfig config;
  const Json type = settings.Get("peft_type", nullptr);
  if (type == "LORA")
    config.kind = AdapterKind::kLora;
  else if (type == "IA3")
    config.kind = AdapterKind::kIa3;
  else
    settings.Refuse("peft_type", "LORA or IA3");
  RefuseOtherSettings(settings);
  RefuseChangedBase(settings);
  CheckSavedModules(settings);
  config.task_type = TextOf(settings, "task_type");
  config.target_modules = ReadNames(settings, "target_modules");
  if (!IsNothing(settings.Get("exclude_modules", nullptr)))
    config.exclude_modules = ReadNames(settings, "exclude_modules");
  if (config.kind == AdapterKind::kIa3) config.feedforward_modules = ReadNames(settings, "feedforward_modules");
  ReadLayers(settings, config);
  if (config.kind == AdapterKind::kLora) {
    config.rank = settings.Size("r", 8);
    config.alpha = ReadAlpha(settings, config.rank);
  }
  return config;
}

std::string WritePeftConfig(const AdapterConfig& config) {
  const bool is_lora = config.kind == AdapterKind::kLora;
  Json json;
  json["peft_type"] = is_lora ? "LORA" : "IA3";
  json["auto_mapping"] = {{"base_model_class", "EsmForMaskedLM"},
                          {"parent_library", "transformers.models.esm.modeling_esm"}};
  json["base_model_name_or_path"] = nullptr;
  json["task_type"] = nullptr;
  json["inference_mode"] = true;
  json["target_modules"] = Expression(config.targets);
  json["modules_to_save"] = nullptr;
  json["fan_in_fan_out"] = false;
  if (is_lora) {
    const bool is_whole = config.alpha == std::round(config.alpha) && std::abs(config.alpha) < 1e9;
    json["r"] = config.rank;
    json["lora_alpha"] = is_whole ? Json(std::llround(config.alpha)) : Json(config.alpha);
    json["lora_dropout"] = 0.0;
    json["bias"] = "none";
    json["init_lora_weights"] = true;
    json["use_rslora"] = false;
    json["use_dora"] = false;
  } else {
    json["feedforward_modules"] =
        config.scaled_inputs.empty() ? Json(Json::array()) : Json(Expression(config.scaled_inputs));
    json["init_ia3_weights"] = true;
  }
  return json.dump(2) + "\n";
}

}  // namespace agront::model
