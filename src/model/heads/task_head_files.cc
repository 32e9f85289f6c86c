// SPDX-License-Identifier: Apache-2.0
#include "model/heads/task_head_files.h"

#include <filesystem>

#include "base/error.h"
#include "base/output_file.h"
#include "base/text_file.h"
#include "formats/checkpoints/safetensors.h"
#include "formats/checkpoints/safetensors_writer.h"
#include "model/checkpoints/named_tensors.h"
#include "model/checkpoints/settings.h"
#include "model/heads/output_names.h"

namespace agront::model {
namespace {

namespace fs = std::filesystem;

constexpr char kConfigFile[] = "head.json";
constexpr char kWeightsFile[] = "head.safetensors";

std::string TextOf(const Settings& settings, const char* key) {
  const Json value = settings.Get(key, nullptr);
  return value.is_string() ? value.get<std::string>() : std::string();
}

std::vector<std::string> ReadOutputs(const Settings& settings) {
  constexpr size_t kMost = 1'000'000;
  const Json value = settings.Get("outputs", nullptr);
  if (!value.is_array() || value.empty() || value.size() > kMost) settings.Refuse("outputs", "a list of names");
  std::vector<std::string> outputs;
  for (const Json& name : value) {
    if (!name.is_string()) settings.Refuse("outputs", "a list of names");
    outputs.push_back(name.get<std::string>());
  }
  CheckDifferent(settings, "outputs", outputs);
  return outputs;
}

std::optional<TrainedOn> ReadTrainedOn(const Settings& settings) {
  constexpr int64_t kMost = 100'000'000;
  const Json json = settings.Get("trained_on", nullptr);
  if (json.is_null()) return std::nullopt;
  const auto has = [&](const char* key, bool (Json::*is)() const noexcept) {
    return json.is_object() && json.contains(key) && (json[key].*is)();
  };
  if (!has("input", &Json::is_string) || !has("window", &Json::is_string) ||
      !has("shortest", &Json::is_number_integer) || !has("longest", &Json::is_number_integer))
    settings.Refuse("trained_on", "input, window, shortest and longest");
  if (json["input"] != "features" && json["input"] != "sequences")
    settings.Refuse("trained_on", "an input of features or sequences");
  TrainedOn trained_on{.is_features = json["input"] == "features",
                       .window = json["window"].get<std::string>(),
                       .shortest = json["shortest"].get<int64_t>(),
                       .longest = json["longest"].get<int64_t>()};
  if (trained_on.shortest < 1 || trained_on.shortest > trained_on.longest || trained_on.longest > kMost)
    settings.Refuse("trained_on", "a shortest and a longest sequence");
  return trained_on;
}

TaskHead ReadConfig(const std::string& path, const ModelShape& shape) {
  const Settings settings(path, ReadTextFile(path));
  const auto kind = ParseTaskKind(TextOf(settings, "task"));
  if (!kind) settings.Refuse("task", "binary, multiclass, multilabel, regression or token");
  const auto head_kind = ParseHeadKind(TextOf(settings, "head"));
  if (!head_kind) settings.Refuse("head", "linear or mlp");
  const auto pooling = ParseHeadPooling(TextOf(settings, "pooling"));
  if (!pooling) settings.Refuse("pooling", "mean, cls, centre, attention or none");
  if ((*kind == TaskKind::kToken) != (*pooling == HeadPooling::kNone))
    settings.Refuse("pooling",
                    *kind == TaskKind::kToken ? "none for a task per token" : "one, the task is not per token");
  if (const int64_t hidden = settings.Size("hidden"); hidden != shape.hidden)
    Fail("{}: a head for {} channels, but the model has {}", path, hidden, shape.hidden);
  const Json transforms = settings.Get("target_transforms", nullptr);
  TaskHead head{
      .config = {.task = {.kind = *kind, .outputs = ReadOutputs(settings)}, .kind = *head_kind, .pooling = *pooling},
      .values = {},
      .target_transforms = transforms.is_null() ? "" : transforms.dump()};
  const bool is_binary = *kind == TaskKind::kBinary;
  if (is_binary && head.config.task.num_outputs() != 1) settings.Refuse("outputs", "one name for a binary task");
  if (is_binary) head.config.task.binary_words = ReadBinaryWords(settings, "labels", head.config.task.outputs.front());
  head.trained_on = ReadTrainedOn(settings);
  return head;
}

}  // namespace

TaskHead ReadTaskHead(const std::string& folder, const Checkpoint& base) {
  if (!fs::is_directory(folder)) Fail("{}: expected a folder with a head", folder);
  const std::string config = (fs::path(folder) / kConfigFile).string();
  if (!fs::exists(config)) Fail("{}: expected the head of a task: {} and {}", folder, kConfigFile, kWeightsFile);
  TaskHead head = ReadConfig(config, base.shape());
  NamedTensors tensors(formats::OpenSafetensors((fs::path(folder) / kWeightsFile).string()));
  CheckBaseModel(tensors.path() + ": a head", tensors.metadata(), base);
  for (const Parameter& parameter : TaskHeadParameters(base.shape(), head.config))
    head.values[parameter.name] = tensors.Take(parameter.name, ShapeOf(parameter));
  tensors.RefuseRest("a tensor that the head of head.json has");
  return head;
}

bool IsTaskHeadFile(std::string_view name) { return name == kConfigFile || name == kWeightsFile; }

void WriteTaskHead(const TaskHead& head, const ModelShape& shape, const ModelIdentity& base,
                   const std::map<std::string, std::string>& metadata, OutputFolder& folder) {
  std::vector<NamedValues> tensors;
  const std::string path = folder.File(kWeightsFile);
  for (const Parameter& parameter : TaskHeadParameters(shape, head.config))
    tensors.push_back({parameter.name, ShapeOf(parameter), ValuesOf(head.values, parameter, path)});
  std::map<std::string, std::string> all = metadata;
  AddBaseModel(base, all);
  WriteTensors(path, tensors, all);

  Json json;
  json["task"] = Name(head.config.task.kind);
  json["outputs"] = head.config.task.outputs;
  if (head.config.task.kind == TaskKind::kBinary) json["labels"] = BinaryWordsJson(head.config.task);
  json["head"] = Name(head.config.kind);
  json["pooling"] = Name(head.config.pooling);
  json["hidden"] = shape.hidden;
  json["target_transforms"] = head.target_transforms.empty() ? Json(nullptr) : Json::parse(head.target_transforms);
  if (head.trained_on)
    json["trained_on"] = {{"input", head.trained_on->is_features ? "features" : "sequences"},
                          {"window", head.trained_on->window},
                          {"shortest", head.trained_on->shortest},
                          {"longest", head.trained_on->longest}};
  OutputFile config(folder.File(kConfigFile), true);
  config.Write(json.dump(2) + "\n");
  config.Commit();
}

}  // namespace agront::model
