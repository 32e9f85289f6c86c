// SPDX-License-Identifier: Apache-2.0
#include "model/checkpoints/named_tensors.h"

#include <fmt/ranges.h>

#include <cmath>

#include "base/error.h"
#include "formats/checkpoints/safetensors_writer.h"
#include "formats/printable.h"

namespace agront::model {

using formats::Printable;

std::vector<int64_t> ShapeOf(const Parameter& parameter) {
  return parameter.cols == 0 ? std::vector<int64_t>{parameter.rows}
                             : std::vector<int64_t>{parameter.rows, parameter.cols};
}

NamedTensor ReadTensor(const formats::TensorArchive& archive, size_t index) {
  const formats::TensorEntry& entry = archive.entries().at(index);
  const std::string place = fmt::format("{}: tensor {}", archive.path(), Printable(entry.name));
  if (!tensor::IsFloating(entry.dtype))
    Fail("{}: expected floating-point numbers, got {}", place, formats::FormatName(entry));
  if (entry.shape.empty() || entry.shape.size() > 2)
    Fail("{}: expected a vector or a matrix, got {} dimensions", place, entry.shape.size());
  const formats::TensorValues source = archive.Read(index);
  const bool is_vector = entry.shape.size() == 1;
  const int64_t rows = is_vector ? 1 : entry.shape[0], row_stride = is_vector ? 0 : source.strides[0];
  NamedTensor tensor{.shape = entry.shape, .values = {}};
  tensor.values.reserve(static_cast<size_t>(rows * entry.shape.back()));
  for (int64_t i = 0; i < rows; ++i)
    for (int64_t j = 0; j < entry.shape.back(); ++j) {
      const float value = source.data[i * row_stride + j * source.strides.back()];
      if (!std::isfinite(value)) Fail("{}: expected finite numbers, got {}", place, value);
      tensor.values.push_back(value);
    }
  return tensor;
}

NamedTensors::NamedTensors(std::unique_ptr<formats::TensorArchive> archive,
                           const std::function<std::string(std::string_view)>& canonical)
    : archive_(std::move(archive)) {
  for (size_t i = 0; i < archive_->entries().size(); ++i) {
    const std::string& name = archive_->entries()[i].name;
    if (!entry_of_name_.emplace(canonical ? canonical(name) : name, i).second)
      Fail("{}: tensor {} is there twice", path(), Printable(name));
  }
}

size_t NamedTensors::Find(const std::string& name) const {
  const auto found = entry_of_name_.find(name);
  if (found == entry_of_name_.end()) Fail("{}: tensor {} is missing", path(), Printable(name));
  return found->second;
}

const std::vector<int64_t>& NamedTensors::ShapeOf(const std::string& name) const {
  return archive_->entries()[Find(name)].shape;
}

NamedTensor NamedTensors::Take(const std::string& name) {
  NamedTensor tensor = ReadTensor(*archive_, Find(name));
  entry_of_name_.erase(name);
  return tensor;
}

std::vector<float> NamedTensors::Take(const std::string& name, const std::vector<int64_t>& shape) {
  if (const auto& got = ShapeOf(name); got != shape)
    Fail("{}: tensor {}: expected shape [{}], got [{}]", path(), Printable(name), fmt::join(shape, ", "),
         fmt::join(got, ", "));
  return Take(name).values;
}

std::optional<std::string> NamedTensors::Left(std::string_view prefix) const {
  const auto found = entry_of_name_.lower_bound(std::string(prefix));
  if (found == entry_of_name_.end() || !found->first.starts_with(prefix)) return std::nullopt;
  return found->first;
}

void NamedTensors::RefuseRest(std::string_view expected) const {
  if (const auto name = Left()) Fail("{}: tensor {}: expected {}", path(), Printable(*name), expected);
}

std::span<const float> ValuesOf(const std::map<std::string, std::vector<float>>& values, const Parameter& parameter,
                                const std::string& place) {
  const auto found = values.find(parameter.name);
  const size_t count = found == values.end() ? 0 : found->second.size();
  if (count != static_cast<size_t>(parameter.size()))
    Fail("{}: expected {} values of {}, got {}", place, parameter.size(), parameter.name, count);
  return found->second;
}

void WriteTensors(const std::string& path, const std::vector<NamedValues>& tensors,
                  std::map<std::string, std::string> metadata) {
  metadata["format"] = "pt";
  std::vector<formats::TensorEntry> entries;
  for (const NamedValues& tensor : tensors) entries.push_back({tensor.name, tensor::DType::kFloat32, tensor.shape});
  formats::SafetensorsWriter writer(path, entries, {.overwrite = true, .metadata = std::move(metadata)});
  for (const NamedValues& tensor : tensors) writer.Write(std::as_bytes(tensor.values));
  writer.Commit();
}

}  // namespace agront::model
