// SPDX-License-Identifier: Apache-2.0
#include "model/adapters/adapter_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "base/error.h"
#include "base/output_file.h"
#include "base/text_file.h"
#include "formats/checkpoints/safetensors.h"
#include "formats/checkpoints/torch_checkpoint.h"
#include "model/adapters/peft_config.h"
#include "model/checkpoints/folder_hint.h"
#include "model/checkpoints/named_tensors.h"

namespace agront::model {
namespace {

namespace fs = std::filesystem;

constexpr char kCardFile[] = "README.md";
constexpr char kConfigFile[] = "adapter_config.json";
constexpr char kWeightsFile[] = "adapter_model.safetensors";
constexpr char kOldWeightsFile[] = "adapter_model.bin";
constexpr std::string_view kPrefix = "base_model.model.";
constexpr std::string_view kEsm = "esm.";

std::unique_ptr<formats::TensorArchive> OpenWeights(const fs::path& folder) {
  if (fs::exists(folder / kWeightsFile)) return formats::OpenSafetensors((folder / kWeightsFile).string());
  if (fs::exists(folder / kOldWeightsFile)) return formats::OpenTorchCheckpoint((folder / kOldWeightsFile).string());
  Fail("{}: expected {} or {} beside {}", folder.string(), kWeightsFile, kOldWeightsFile, kConfigFile);
}

/// EsmModel itself has no "esm.".
bool IsOfEncoder(std::string_view name) {
  return name.starts_with(kPrefix) && name.substr(kPrefix.size()).starts_with("encoder.");
}

/// As adapters of models with a head have it.
std::string CanonicalName(std::string_view name) {
  if (!name.starts_with(kPrefix)) return std::string(name);
  const std::string_view inner = name.substr(kPrefix.size());
  return std::string(kPrefix) + std::string(IsOfEncoder(name) ? kEsm : "") + std::string(inner);
}

struct Place {
  AdapterTarget target;
  int64_t block;

  std::string peft() const { return std::string(kPrefix) + HuggingFaceModule(target, block); }
};

/// Settings, and whether the adapted model is a bare EsmModel, whose modules have no "esm." before their names.
struct AdapterSettings {
  PeftConfig peft;
  bool is_of_encoder = false;

  std::string Module(const Place& place) const {
    return HuggingFaceModule(place.target, place.block).substr(is_of_encoder ? kEsm.size() : 0);
  }
};

/// The products that the file has an adapter for, which must be those that its settings name.
std::vector<Place> FindPlaces(const NamedTensors& tensors, const AdapterSettings& settings, const ModelShape& shape) {
  const PeftConfig& config = settings.peft;
  const bool is_lora = config.kind == AdapterKind::kLora;
  std::vector<Place> places;
  for (int64_t block = 0; block < shape.layers; ++block) {
    for (int i = 0; i < kNumAdapterTargets; ++i) {
      const Place place{static_cast<AdapterTarget>(i), block};
      const std::string first = place.peft() + (is_lora ? ".lora_A.weight" : ".ia3_l");
      const bool is_there = tensors.Has(first) || (is_lora && tensors.Has(place.peft() + ".lora_B.weight"));
      const std::string module = settings.Module(place);
      const bool is_expected = config.Adapts(module, block);
      if (is_expected && !is_there)
        Fail("{}: tensor {} is missing, which target_modules of {} ask for", tensors.path(), first, kConfigFile);
      if (is_there && config.exclude_modules.Name(module))
        Fail("{}: tensor {}: expected none that exclude_modules of {} leave out", tensors.path(), first, kConfigFile);
      if (is_there && !is_expected)
        Fail("{}: tensor {}: expected only what target_modules of {} name", tensors.path(), first, kConfigFile);
      if (is_there) places.push_back(place);
    }
  }
  return places;
}

AdapterConfig ConfigOf(const std::vector<Place>& places, const AdapterSettings& settings) {
  const PeftConfig& config = settings.peft;
  std::set<AdapterTarget> targets, scaled;
  for (const Place& place : places) {
    targets.insert(place.target);
    if (config.kind == AdapterKind::kIa3 && config.ScalesInput(settings.Module(place))) scaled.insert(place.target);
  }
  return {.kind = config.kind,
          .targets = {targets.begin(), targets.end()},
          .rank = config.kind == AdapterKind::kLora ? config.rank : AdapterConfig().rank,
          .alpha = config.kind == AdapterKind::kLora ? config.alpha : AdapterConfig().alpha,
          .scaled_inputs = {scaled.begin(), scaled.end()}};
}

/// As PEFT keeps it.
std::vector<int64_t> SavedShape(const Parameter& parameter, const AdapterConfig& config) {
  if (parameter.cols != 0) return {parameter.rows, parameter.cols};
  const auto target = TargetOfModule(std::string_view(parameter.name).substr(0, parameter.name.rfind('.')));
  const bool is_row = std::ranges::count(config.scaled_inputs, *target) > 0;
  return is_row ? std::vector<int64_t>{1, parameter.rows} : std::vector<int64_t>{parameter.rows, 1};
}

/// Hugging Face's model card: what reads adapter_config.json warns of keys that it does not know, so this says the
/// rest.
std::string Card(const AdapterConfig& config, const std::map<std::string, std::string>& metadata) {
  const bool is_lora = config.kind == AdapterKind::kLora;
  std::string card = fmt::format("---\nlibrary_name: peft\ntags:\n- {}\n---\n\n# {} adapter\n\n",
                                 is_lora ? "lora" : "ia3", is_lora ? "LoRA" : "IA3");
  if (const auto note = metadata.find(kNoteKey); note != metadata.end())
    card += fmt::format("**This is an example, not AgroNT**: {}.\n\n", note->second);
  card += fmt::format("It belongs to the model with hash `{}`.", metadata.at(kBaseHashKey));
  const auto program = metadata.find("agront.program");
  return card + (program == metadata.end() ? "" : fmt::format(" Trained by {}.", program->second)) + "\n";
}

}  // namespace

AdapterFile ReadAdapter(const std::string& folder, const Checkpoint& base) {
  if (!fs::is_directory(folder))
    Fail("{}: expected a folder with an adapter, got {}{}", folder, fs::exists(folder) ? "a file" : "no folder",
         HintAtAdapter(folder));
  const std::string config_path = (fs::path(folder) / kConfigFile).string();
  if (!fs::exists(config_path))
    Fail("{}: expected an adapter: {} and {}{}", folder, kConfigFile, kWeightsFile, HintAtAdapter(folder));
  AdapterSettings settings{.peft = ReadPeftConfig(config_path, ReadTextFile(config_path))};
  auto archive = OpenWeights(folder);
  settings.is_of_encoder = std::ranges::any_of(
      archive->entries(), [](const formats::TensorEntry& entry) { return IsOfEncoder(entry.name); });
  NamedTensors tensors(std::move(archive), CanonicalName);
  CheckBaseModel(tensors.path() + ": an adapter", tensors.metadata(), base);
  const std::vector<Place> places = FindPlaces(tensors, settings, base.shape());
  if (places.empty() && !tensors.Left()) Fail("{}: expected an adapter's tensors, got none", tensors.path());

  AdapterFile file;
  file.task_type = settings.peft.task_type;
  file.adapter.config = ConfigOf(places, settings);
  std::set<std::string> modules;
  for (const Place& place : places) modules.insert(AdapterModule(place.target, place.block));
  if (!places.empty())
    for (const Parameter& parameter : AdapterParameters(base.shape(), file.adapter.config))
      if (modules.contains(parameter.name.substr(0, parameter.name.rfind('.'))))
        file.adapter.values[parameter.name] =
            tensors.Take(parameter.hugging_face, SavedShape(parameter, file.adapter.config));
  const std::string classifier = std::string(kPrefix) + "classifier.";
  while (const auto name = tensors.Left(classifier))
    file.classifier[name->substr(kPrefix.size())] = tensors.Take(*name);
  tensors.RefuseRest(
      fmt::format("adapters of the six products of blocks 0 to {}, or a classifier", base.shape().layers - 1));
  return file;
}

bool IsAdapterFile(std::string_view name) { return name == kCardFile || name == kConfigFile || name == kWeightsFile; }

void WriteAdapter(const Adapter& adapter, const ModelShape& shape, const ModelIdentity& base,
                  const std::map<std::string, std::string>& metadata, OutputFolder& folder) {
  const std::string path = folder.File(kWeightsFile);
  std::vector<NamedValues> tensors;
  for (const Parameter& parameter : AdapterParameters(shape, adapter.config))
    tensors.push_back(
        {parameter.hugging_face, SavedShape(parameter, adapter.config), ValuesOf(adapter.values, parameter, path)});
  std::map<std::string, std::string> all = metadata;
  AddBaseModel(base, all);
  WriteTensors(path, tensors, all);
  OutputFile config(folder.File(kConfigFile), true);
  config.Write(WritePeftConfig(adapter.config));
  config.Commit();
  WriteTextFile(folder.File(kCardFile), Card(adapter.config, all));
}

}  // namespace agront::model
