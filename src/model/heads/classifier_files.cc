// SPDX-License-Identifier: Apache-2.0
#include "model/heads/classifier_files.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>

#include "base/error.h"
#include "base/text_file.h"
#include "formats/checkpoints/safetensors_writer.h"
#include "model/checkpoints/config.h"
#include "model/checkpoints/model_folder.h"
#include "model/checkpoints/model_hash.h"
#include "model/checkpoints/named_tensors.h"
#include "model/checkpoints/settings.h"
#include "model/heads/output_names.h"

namespace agront::model {
namespace {

constexpr std::string_view kPrefix = "classifier.";
constexpr char kTransformsKey[] = "agront_target_transforms";
constexpr char kWordsKey[] = "agront_labels";  // of a binary task
constexpr char kRegression[] = "regression";
constexpr char kSingleLabel[] = "single_label_classification";
constexpr char kMultiLabel[] = "multi_label_classification";

using Tensors = std::map<std::string, NamedTensor>;

/// The part of a configuration that is about labels.
struct Labels {
  std::vector<std::string> names;  ///< empty: as many as the tensors have
  std::string problem_type;
  std::string transforms;
  std::vector<std::string> binary_words;  ///< PredictionTask's, if the task is binary
};

std::vector<std::string> ReadNames(const Settings& settings) {
  const Json by_id = settings.Get("id2label", nullptr);
  if (by_id.is_null()) {
    std::vector<std::string> names;
    for (int64_t i = 0; i < settings.Size("num_labels", 2); ++i) names.push_back(fmt::format("LABEL_{}", i));
    return names;
  }
  if (!by_id.is_object() || by_id.empty()) settings.Refuse("id2label", "an object of names");
  std::vector<std::string> names;
  for (size_t i = 0; i < by_id.size(); ++i) {
    const auto name = by_id.find(std::to_string(i));
    if (name == by_id.end() || !name->is_string())
      settings.Refuse("id2label", fmt::format("names of 0 to {}", by_id.size() - 1));
    names.push_back(name->get<std::string>());
  }
  CheckDifferent(settings, "id2label", names);
  return names;
}

Labels ReadLabels(const std::string& path) {
  const Settings settings(path, ReadTextFile(path));
  const Json type = settings.Get("problem_type", "");
  if (type != "" && type != kRegression && type != kSingleLabel && type != kMultiLabel)
    settings.Refuse("problem_type", fmt::format("{}, {} or {}", kRegression, kSingleLabel, kMultiLabel));
  const Json transforms = settings.Get(kTransformsKey, nullptr);
  std::vector<std::string> names = ReadNames(settings);
  std::vector<std::string> words = ReadBinaryWords(settings, kWordsKey, names.front());
  return {.names = std::move(names),
          .problem_type = type.get<std::string>(),
          .transforms = transforms.is_null() ? "" : transforms.dump(),
          .binary_words = std::move(words)};
}

TaskKind KindOf(const std::string& problem_type, int64_t outputs) {
  if (problem_type == kMultiLabel) return outputs == 1 ? TaskKind::kBinary : TaskKind::kMultilabel;
  if (problem_type == kRegression || (problem_type.empty() && outputs == 1)) return TaskKind::kRegression;
  return TaskKind::kMulticlass;
}

/// `place` begins the messages.
TaskHead MakeHead(Tensors tensors, const Labels& labels, const ModelShape& shape, const std::string& place) {
  const bool is_mlp = tensors.contains("classifier.out_proj.weight");
  const auto out = tensors.find(is_mlp ? "classifier.out_proj.weight" : "classifier.weight");
  if (out == tensors.end()) Fail("{}: tensor classifier.out_proj.weight or classifier.weight is missing", place);
  const int64_t outputs = out->second.shape[0];
  TaskHead head;
  head.target_transforms = labels.transforms;
  head.config.kind = is_mlp ? HeadKind::kMlp : HeadKind::kLinear;
  head.config.pooling = is_mlp ? HeadPooling::kCls : HeadPooling::kNone;
  head.config.task = {.kind = is_mlp ? KindOf(labels.problem_type, outputs) : TaskKind::kToken,
                      .outputs = labels.names};
  if (head.config.task.kind == TaskKind::kBinary) head.config.task.binary_words = labels.binary_words;
  for (int64_t i = 0; labels.names.empty() && i < outputs; ++i)
    head.config.task.outputs.push_back(fmt::format("LABEL_{}", i));
  for (const Parameter& parameter : TaskHeadParameters(shape, head.config)) {
    const auto tensor = tensors.find(parameter.hugging_face);
    if (tensor == tensors.end()) Fail("{}: tensor {} is missing", place, parameter.hugging_face);
    if (tensor->second.shape != ShapeOf(parameter))
      Fail("{}: tensor {}: expected shape [{}], got [{}]", place, parameter.hugging_face,
           fmt::join(ShapeOf(parameter), ", "), fmt::join(tensor->second.shape, ", "));
    head.values[parameter.name] = std::move(tensor->second.values);
    tensors.erase(tensor);
  }
  if (!tensors.empty())
    Fail("{}: tensor {}: expected the head of EsmForSequenceClassification or EsmForTokenClassification", place,
         tensors.begin()->first);
  return head;
}

/// config.json, as the classes of transformers have it.
std::string ConfigOf(const ModelShape& shape, const TaskHead& head) {
  const PredictionTask& task = head.config.task;
  Json json = Json::parse(WriteHuggingFaceConfig(shape, "float32"));
  json["architectures"] = {task.kind == TaskKind::kToken ? "EsmForTokenClassification"
                                                         : "EsmForSequenceClassification"};
  json["num_labels"] = task.num_outputs();
  json["id2label"] = json["label2id"] = Json::object();
  for (int64_t i = 0; i < task.num_outputs(); ++i) {
    json["id2label"][std::to_string(i)] = task.outputs[i];
    json["label2id"][task.outputs[i]] = i;
  }
  if (task.kind == TaskKind::kRegression) json["problem_type"] = kRegression;
  if (task.kind == TaskKind::kMulticlass) json["problem_type"] = kSingleLabel;
  if (task.kind == TaskKind::kMultilabel || task.kind == TaskKind::kBinary) json["problem_type"] = kMultiLabel;
  if (task.kind == TaskKind::kBinary) json[kWordsKey] = BinaryWordsJson(task);
  if (!head.target_transforms.empty()) json[kTransformsKey] = Json::parse(head.target_transforms);
  return json.dump(2) + "\n";
}

}  // namespace

std::optional<TaskHead> ReadClassifier(const Checkpoint& checkpoint) {
  Tensors tensors;
  const formats::TensorArchive& archive = checkpoint.archive();
  for (size_t i = 0; i < archive.entries().size(); ++i)
    if (const std::string& name = archive.entries()[i].name; name.starts_with(kPrefix))
      tensors[name] = ReadTensor(archive, i);
  if (tensors.empty()) return std::nullopt;
  const Labels labels = ReadLabels((std::filesystem::path(checkpoint.path()) / "config.json").string());
  return MakeHead(std::move(tensors), labels, checkpoint.shape(), archive.path());
}

std::optional<TaskHead> ReadClassifier(const AdapterFile& adapter, const Checkpoint& base) {
  if (adapter.classifier.empty()) return std::nullopt;
  const TaskHead head = MakeHead(adapter.classifier, {}, base.shape(), "the adapter's classifier");
  const std::optional<TaskHead> before = ReadClassifier(base);
  if (!before || before->config.kind != head.config.kind ||
      before->config.task.num_outputs() != head.config.task.num_outputs())
    return head;
  return TaskHead{.config = before->config, .values = head.values, .target_transforms = ""};
}

bool IsClassifier(const TaskHeadConfig& head) {
  return (head.kind == HeadKind::kMlp && head.pooling == HeadPooling::kCls) ||
         (head.kind == HeadKind::kLinear && head.pooling == HeadPooling::kNone);
}

ParameterRows RowsOf(Checkpoint& checkpoint) {
  return [&checkpoint](const Parameter& parameter, const std::function<void(std::span<const float>)>& write) {
    if (parameter.cols == 0) return write(checkpoint.Vector(parameter.name, parameter.rows));
    ops::ForEachRow(checkpoint.Weights(parameter.name, parameter.rows, parameter.cols), write);
  };
}

void WriteClassifier(const ModelShape& shape, const ParameterRows& encoder, const TaskHead& head,
                     const std::map<std::string, std::string>& metadata, OutputFolder& folder) {
  if (!IsClassifier(head.config))
    FailUsage("{}, {}: expected a head that transformers has: mlp on cls, or linear for each token",
              Name(head.config.kind), Name(head.config.pooling));
  std::vector<Parameter> of_encoder = Parameters(shape);
  std::erase_if(of_encoder, [](const Parameter& parameter) { return parameter.name.starts_with("head."); });
  std::vector<Parameter> of_head = TaskHeadParameters(shape, head.config);
  std::vector<formats::TensorEntry> entries;
  for (const auto* parameters : {&of_encoder, &of_head})
    for (const Parameter& parameter : *parameters)
      entries.push_back({parameter.hugging_face, tensor::DType::kFloat32, ShapeOf(parameter)});

  std::map<std::string, std::string> all = metadata;
  all["format"] = "pt";
  const std::string path = folder.File("model.safetensors");
  formats::SafetensorsWriter writer(path, entries, {.overwrite = true, .metadata = std::move(all)});
  for (const Parameter& parameter : of_encoder)
    encoder(parameter, [&](std::span<const float> row) { writer.Write(std::as_bytes(row)); });
  for (const Parameter& parameter : of_head) writer.Write(std::as_bytes(ValuesOf(head.values, parameter, path)));
  writer.Commit();
  WriteConfigAndVocabulary(folder, shape, ConfigOf(shape, head));
}

}  // namespace agront::model
