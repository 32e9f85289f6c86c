// SPDX-License-Identifier: Apache-2.0
#include "model/checkpoints/checkpoint.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "base/error.h"
#include "base/text_file.h"
#include "formats/checkpoints/joblib_checkpoint.h"
#include "formats/checkpoints/safetensors.h"
#include "formats/checkpoints/sharded_safetensors.h"
#include "formats/checkpoints/torch_checkpoint.h"
#include "formats/printable.h"
#include "model/checkpoints/config.h"
#include "model/checkpoints/folder_hint.h"
#include "model/checkpoints/settings.h"
#include "model/checkpoints/tokenizer_files.h"
#include "nn/language_model_head.h"
#include "ops/int8/int8.h"
#include "tensor/precision.h"

namespace agront::model {
namespace {

namespace fs = std::filesystem;

/// The files of a JAX folder, either in it or in its jax_model/.
fs::path JaxFolder(const fs::path& folder) {
  const fs::path inner = folder / "jax_model";
  return fs::exists(inner / "hyperparams.json") ? inner : folder;
}

/// Runs of training have a config.json, too.
void ExpectModelConfig(const std::string& folder, const std::string& path, const std::string& text) {
  const Settings settings(path, text);
  for (const char* key : {"model_type", "architectures", "hidden_size", "num_hidden_layers", "vocab_size"})
    if (settings.json().contains(key)) return;
  Fail("{}: expected a model, got a folder whose config.json has no model_type and no hidden_size{}", folder,
       HintAtModel(folder));
}

std::unique_ptr<formats::TensorArchive> OpenHuggingFaceWeights(const fs::path& folder, std::string& file) {
  for (const char* candidate :
       {"model.safetensors", kPackedFile, "model.safetensors.index.json", "pytorch_model.bin"}) {
    if (!fs::exists(folder / candidate)) continue;
    file = candidate;
    const std::string path = (folder / candidate).string();
    if (file.ends_with(".safetensors")) return formats::OpenSafetensors(path);
    if (file == "pytorch_model.bin") return formats::OpenTorchCheckpoint(path);
    return formats::OpenShardedSafetensors(path);
  }
  if (const char* shards = "pytorch_model.bin.index.json"; fs::exists(folder / shards))
    Fail(
        "{}: expected one pytorch_model.bin, or shards of safetensors, got the index of other shards; save the model as "
        "safetensors",
        (folder / shards).string());
  Fail("{}: expected model.safetensors, {}, model.safetensors.index.json or pytorch_model.bin beside config.json{}",
       folder.string(), kPackedFile, HintAtModel(folder.string()));
}

std::string ShapeText(const std::vector<int64_t>& shape) { return fmt::format("[{}]", fmt::join(shape, ", ")); }

}  // namespace

bool IsProductMatrix(const Parameter& parameter) {
  return parameter.cols != 0 && !parameter.name.starts_with("embedding.");
}

bool IsBlockMatrix(const Parameter& parameter) {
  return parameter.cols != 0 && parameter.name.starts_with("encoder.block.");
}

std::unique_ptr<Checkpoint> Checkpoint::Open(const std::string& folder) {
  if (!fs::is_directory(folder)) Fail("{}: expected a folder with a model, got a file{}", folder, HintAtModel(folder));
  const fs::path config = fs::path(folder) / "config.json";
  const fs::path jax = JaxFolder(folder);
  if (fs::exists(config)) {
    const std::string text = ReadTextFile(config.string());
    ExpectModelConfig(folder, config.string(), text);
    const ModelShape shape = ReadHuggingFaceConfig(config.string(), text);
    CheckTokenizerFiles(folder);
    std::string file;
    auto archive = OpenHuggingFaceWeights(folder, file);
    return std::unique_ptr<Checkpoint>(
        new Checkpoint(folder, "Hugging Face, " + file, shape, std::move(archive), false));
  }
  if (const fs::path hyperparams = jax / "hyperparams.json"; fs::exists(hyperparams)) {
    const ModelShape shape = ReadJaxConfig(hyperparams.string(), ReadTextFile(hyperparams.string()));
    CheckTokenizerFiles(folder);
    auto archive = formats::OpenJoblibCheckpoint((jax / "pytree_ckpt.joblib").string());
    return std::unique_ptr<Checkpoint>(
        new Checkpoint(folder, "JAX, pytree_ckpt.joblib", shape, std::move(archive), true));
  }
  Fail("{}: expected a model: config.json (Hugging Face) or jax_model/hyperparams.json (JAX){}", folder,
       HintAtModel(folder));
}

std::unique_ptr<Checkpoint> Checkpoint::OpenMemory(const std::string& name, std::string_view config,
                                                   std::span<const std::byte> safetensors) {
  const ModelShape shape = ReadHuggingFaceConfig(name + "/config.json", config);
  return std::unique_ptr<Checkpoint>(new Checkpoint(
      name, "inside the program", shape, formats::OpenSafetensors(safetensors, name + "/model.safetensors"), false));
}

Checkpoint::Checkpoint(std::string path, std::string source, const ModelShape& shape,
                       std::unique_ptr<formats::TensorArchive> archive, bool jax)
    : path_(std::move(path)), source_(std::move(source)), shape_(shape), archive_(std::move(archive)), jax_(jax) {
  std::map<std::string, size_t> entry_of_name;
  for (size_t i = 0; i < archive_->entries().size(); ++i) {
    std::string name = archive_->entries()[i].name;
    if (const size_t mark = name.find(kPackedMark); mark != std::string::npos && !jax) {
      layout_of_entry_[i] = formats::Printable(name.substr(mark + std::string_view(kPackedMark).size()));
      name.resize(mark);
    }
    const std::string key = jax ? CanonicalJaxName(name) : CanonicalHuggingFaceName(name);
    if (!entry_of_name.emplace(key, i).second)
      Fail("{}: parameter {} is there twice", archive_->path(), formats::Printable(key));
  }
  // A shape that the file cannot hold is found before its names are made: a lying config could ask for millions.
  constexpr int64_t kParametersOfABlock = 16;
  if (shape.layers * kParametersOfABlock > static_cast<int64_t>(entry_of_name.size()))
    Fail("{}: expected the parameters of {} layers, got {} tensors in all", archive_->path(), shape.layers,
         entry_of_name.size());
  parameters_ = Parameters(shape);
  if (!jax &&
      std::ranges::none_of(entry_of_name, [](const auto& entry) { return entry.first.starts_with("lm_head."); }))
    std::erase_if(parameters_, [](const Parameter& parameter) { return parameter.name.starts_with("head."); });
  for (size_t i = 0; i < parameters_.size(); ++i) {
    const Parameter& parameter = parameters_[i];
    const auto found = entry_of_name.find(jax ? parameter.jax : parameter.hugging_face);
    if (found == entry_of_name.end())
      Fail("{}: tensor {} is missing", archive_->path(), jax ? parameter.jax : parameter.hugging_face);
    CheckShape(parameter, archive_->entries()[found->second]);
    parameter_of_name_[parameter.name] = i;
    entry_of_parameter_.push_back(found->second);
  }
  if (!jax) AddScales(entry_of_name);
  RefuseOtherArchitectures();
}

void Checkpoint::AddScales(const std::map<std::string, size_t>& entry_of_name) {
  for (size_t i = 0; i < parameters_.size(); ++i) {
    const formats::TensorEntry& entry = archive_->entries()[entry_of_parameter_[i]];
    if (entry.dtype != tensor::DType::kInt8) continue;
    const std::string name = parameters_[i].hugging_face + kScaleSuffix;
    const auto found = entry_of_name.find(name);
    if (found == entry_of_name.end()) Fail("{}: tensor {} is missing, the scales of int8 weights", path_, name);
    const formats::TensorEntry& scales = archive_->entries()[found->second];
    const std::vector<int64_t> expected = {parameters_[i].rows, 1};
    if (scales.shape != expected || scales.dtype != tensor::DType::kFloat32)
      Fail("{}: tensor {}: expected float32 {}, got {} {}", archive_->path(), name, ShapeText(expected),
           tensor::Name(scales.dtype), ShapeText(scales.shape));
    scales_of_entry_[entry_of_parameter_[i]] = found->second;
  }
}

void Checkpoint::CheckShape(const Parameter& parameter, const formats::TensorEntry& entry) const {
  if (entry.name.find(kPackedMark) != std::string::npos && !jax_) {
    const bool has_lines = entry.dtype == tensor::DType::kUInt8 && entry.shape.size() == 2 &&
                           entry.shape[1] == static_cast<int64_t>(ops::kPackedLine);
    if (!has_lines || !IsProductMatrix(parameter))
      Fail("{}: tensor {}: expected packed weights, uint8 [cache lines, {}], got {} {}{}", archive_->path(), entry.name,
           ops::kPackedLine, tensor::Name(entry.dtype), ShapeText(entry.shape),
           IsProductMatrix(parameter) ? "" : " of a parameter that no product takes");
    return;
  }
  std::vector<int64_t> expected = {parameter.rows};
  if (parameter.cols != 0) expected.push_back(parameter.cols);
  if (jax_ && parameter.jax_transposed) std::ranges::reverse(expected);
  if (entry.shape != expected) {
    const bool gated = parameter.name.ends_with("ffn.expand.weight") && entry.shape.size() == 2 &&
                       std::max(entry.shape[0], entry.shape[1]) == 2 * shape_.ffn;
    Fail("{}: tensor {}: expected shape {}, got {}{}", archive_->path(), entry.name, ShapeText(expected),
         ShapeText(entry.shape), gated ? ": a gated linear unit (GLU), which this architecture does not have" : "");
  }
  const bool is_int8 = entry.dtype == tensor::DType::kInt8 && !jax_ && IsBlockMatrix(parameter);
  if (!tensor::IsFloating(entry.dtype) && !is_int8)
    Fail("{}: tensor {}: expected floating-point numbers, got {}", archive_->path(), entry.name,
         formats::FormatName(entry));
}

void Checkpoint::RefuseOtherArchitectures() const {
  for (const std::string& name : UnusedTensors()) {
    if (const auto layer = LayerOfTensor(name); layer && *layer >= shape_.layers)
      Fail("{}: tensor {}: expected the {} layers of the configuration, got more", archive_->path(),
           formats::Printable(name), shape_.layers);
    for (const char* part : {"rotary", "embeddings.layer_norm", "emb_layer_norm_before"})
      if (name.find(part) != std::string::npos)
        Fail("{}: tensor {}: a part ({}) that this architecture does not have", archive_->path(),
             formats::Printable(name), part);
  }
}

std::string Checkpoint::DTypeNames() const {
  std::set<std::string> names;
  for (const size_t entry : entry_of_parameter_) {
    const auto layout = layout_of_entry_.find(entry);
    names.insert(layout != layout_of_entry_.end() ? layout->second
                                                  : std::string(tensor::Name(archive_->entries()[entry].dtype)));
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

std::optional<Precision> Checkpoint::OwnPrecision() const {
  if (!scales_of_entry_.empty()) return Precision::kInt8;
  const auto found = metadata().find(kPackedPrecisionKey);
  if (layout_of_entry_.empty() || found == metadata().end()) return std::nullopt;
  return tensor::ParsePrecision(found->second);
}

Precision Checkpoint::PrecisionOf(const Parameter& matrix, Precision wanted) const {
  if (!IsBlockMatrix(matrix)) return nn::HeadPrecision(wanted);
  if (wanted != Precision::kInt8 || OwnPrecision() != Precision::kInt8) return wanted;
  const size_t entry = EntryOf(matrix);
  const auto layout = layout_of_entry_.find(entry);
  const bool is_int8 = scales_of_entry_.contains(entry) ||
                       (layout != layout_of_entry_.end() && layout->second.find("int8") != std::string::npos);
  return is_int8 ? Precision::kInt8 : Precision::kBf16;
}

std::vector<std::string> Checkpoint::UnusedTensors() const {
  std::set<size_t> used(entry_of_parameter_.begin(), entry_of_parameter_.end());
  for (const auto& [weights, scales] : scales_of_entry_) used.insert(scales);
  std::vector<std::string> unused;
  for (size_t i = 0; i < archive_->entries().size(); ++i)
    if (!used.contains(i)) unused.push_back(archive_->entries()[i].name);
  return unused;
}

size_t Checkpoint::IndexOf(const std::string& name) const {
  const auto found = parameter_of_name_.find(name);
  if (found == parameter_of_name_.end()) Fail("{}: the model has no parameter {}", path_, name);
  return found->second;
}

size_t Checkpoint::EntryOf(const Parameter& parameter) const { return entry_of_parameter_[IndexOf(parameter.name)]; }

ops::Int8WeightView Checkpoint::ReadInt8(const Parameter& parameter) const {
  const size_t entry = EntryOf(parameter);
  struct Owners {
    std::shared_ptr<const void> weights;
    std::shared_ptr<const void> scales;
  };
  const formats::TensorBytes weights = archive_->Bytes(entry);
  const formats::TensorValues scales = archive_->Read(scales_of_entry_.at(entry));
  const auto* values = reinterpret_cast<const int8_t*>(weights.bytes.data());
  const auto [least, most] = std::minmax_element(values, values + weights.bytes.size());
  if (*least < -ops::kMostInt8Weight || *most > ops::kMostInt8Weight)
    Fail("{}: tensor {}: expected int8 weights in [-{}, {}], got {} to {}; convert the original again",
         archive_->path(), parameter.hugging_face, ops::kMostInt8Weight, ops::kMostInt8Weight, *least, *most);
  return {values, scales.data, parameter.rows, parameter.cols,
          std::make_shared<const Owners>(Owners{weights.owner, scales.owner})};
}

ops::PackedView Checkpoint::ReadPacked(const Parameter& parameter) const {
  const size_t entry = EntryOf(parameter);
  const formats::TensorBytes packed = archive_->Bytes(entry);
  const std::string place =
      fmt::format("{}: tensor {}", archive_->path(), formats::Printable(archive_->entries()[entry].name));
  if (reinterpret_cast<uintptr_t>(packed.bytes.data()) % ops::kPackedLine != 0)
    Fail("{}: expected packed weights that begin at a multiple of {} bytes", place, ops::kPackedLine);
  return {layout_of_entry_.at(entry),
          packed.bytes,
          parameter.rows,
          parameter.cols,
          packed.owner,
          place,
          OwnPrecision().value_or(Precision::kFp32)};
}

ops::WeightView Checkpoint::Read(const Parameter& parameter) const {
  const ops::WeightView view = ReadWithoutAdapter(parameter);
  return adapter_ ? Adapted(*adapter_, parameter.name, view) : view;
}

ops::WeightView Checkpoint::ReadWithoutAdapter(const Parameter& parameter) const {
  const size_t entry = EntryOf(parameter);
  if (layout_of_entry_.contains(entry)) return ops::Widened(ReadPacked(parameter));
  if (scales_of_entry_.contains(entry)) return ops::Widened(ReadInt8(parameter));
  const formats::TensorValues values = archive_->Read(entry);
  if (parameter.cols == 0) return {values.data, 1, parameter.rows, parameter.rows, values.strides[0], values.owner};
  ops::WeightView view{values.data, parameter.rows, parameter.cols, values.strides[0], values.strides[1], values.owner};
  if (jax_ && parameter.jax_transposed) std::swap(view.out_stride, view.in_stride);
  return view;
}

const Parameter& Checkpoint::Find(const std::string& name) const { return parameters_[IndexOf(name)]; }

const Parameter& Checkpoint::FindMatrix(const std::string& name, int64_t out, int64_t in) const {
  const Parameter& parameter = Find(name);
  if (parameter.rows != out || parameter.cols != in)
    Fail("{}: parameter {}: expected [{}, {}], got [{}, {}]", path_, name, out, in, parameter.rows, parameter.cols);
  return parameter;
}

ops::WeightView Checkpoint::Weights(const std::string& name, int64_t out, int64_t in) {
  return Read(FindMatrix(name, out, in));
}

ops::StoredWeights Checkpoint::Stored(const std::string& name, int64_t out, int64_t in) {
  return ReadStored(FindMatrix(name, out, in));
}

ops::StoredWeights Checkpoint::ReadStored(const Parameter& parameter) const {
  if (adapter_ && Changes(*adapter_, parameter.name)) return Read(parameter);
  const size_t entry = EntryOf(parameter);
  if (layout_of_entry_.contains(entry)) return ReadPacked(parameter);
  if (scales_of_entry_.contains(entry)) return ReadInt8(parameter);
  if (archive_->entries()[entry].dtype == tensor::DType::kBFloat16 && !(jax_ && parameter.jax_transposed)) {
    const formats::TensorBytes values = archive_->Bytes(entry);
    const bool aligned = reinterpret_cast<uintptr_t>(values.bytes.data()) % alignof(uint16_t) == 0;
    if (!values.bytes.empty() && aligned)
      return ops::Bf16WeightView{reinterpret_cast<const uint16_t*>(values.bytes.data()), parameter.rows, parameter.cols,
                                 values.owner};
  }
  return Read(parameter);
}

std::vector<float> Checkpoint::Vector(const std::string& name, int64_t size) {
  const Parameter& parameter = Find(name);
  if (parameter.rows != size || parameter.cols != 0)
    Fail("{}: parameter {}: expected [{}], got [{}]", path_, name, size, parameter.rows);
  const ops::WeightView view = Read(parameter);
  std::vector<float> values(static_cast<size_t>(size));
  for (int64_t i = 0; i < size; ++i) values[i] = view.data[i * view.in_stride];
  return values;
}

ModelHash Checkpoint::RecordedHash() const {
  const auto found = metadata().find(kModelHashKey);
  if (found != metadata().end()) return {found->second, false};
  return {archive_->HeaderHash(), true};
}

}  // namespace agront::model
