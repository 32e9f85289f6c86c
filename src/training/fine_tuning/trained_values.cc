// SPDX-License-Identifier: Apache-2.0
#include "training/fine_tuning/trained_values.h"

#include <algorithm>
#include <vector>

#include "base/error.h"
#include "formats/checkpoints/safetensors.h"
#include "formats/checkpoints/safetensors_writer.h"

namespace agront::training {
namespace {

std::vector<int64_t> ShapeOf(const model::Parameter& parameter) {
  return parameter.cols == 0 ? std::vector{parameter.rows} : std::vector{parameter.rows, parameter.cols};
}

std::vector<model::PlacedParameter> Trained(const model::TrainingParameters& parameters) {
  std::vector<model::PlacedParameter> trained;
  std::ranges::copy_if(parameters.table(), std::back_inserter(trained),
                       [](const model::PlacedParameter& placed) { return !placed.is_frozen; });
  return trained;
}

void Read(const std::string& path, model::TrainingParameters& parameters) {
  const auto archive = formats::OpenSafetensors(path);
  for (const model::PlacedParameter& placed : Trained(parameters)) {
    const auto& [parameter, offset, gradient_offset, is_frozen] = placed;
    const auto entry = std::ranges::find(archive->entries(), parameter.name, &formats::TensorEntry::name);
    if (entry == archive->entries().end() || entry->shape != ShapeOf(parameter) ||
        entry->dtype != tensor::DType::kFloat32)
      Fail("{}: expected a float32 tensor {} [{}, {}]", path, parameter.name, parameter.rows, parameter.cols);
    const formats::TensorValues values = archive->Read(static_cast<size_t>(entry - archive->entries().begin()));
    std::copy_n(values.data, parameter.size(), parameters.values().data() + offset);
  }
}

}  // namespace

void WriteTrainedValues(const std::string& path, const model::TrainingParameters& parameters) {
  std::vector<formats::TensorEntry> entries;
  for (const model::PlacedParameter& placed : Trained(parameters))
    entries.push_back({placed.parameter.name, tensor::DType::kFloat32, ShapeOf(placed.parameter)});
  formats::SafetensorsWriter writer(path, entries, {.overwrite = true, .metadata = {}});
  for (const model::TrainableRange& range : parameters.trainable_ranges())
    writer.Write(std::as_bytes(
        parameters.values().subspan(static_cast<size_t>(range.value_offset), static_cast<size_t>(range.size))));
  writer.Commit();
}

void ReadTrainedValues(const std::string& path, model::TrainingParameters& parameters, ranks::Communicator& ranks) {
  if (ranks.rank() == 0) Read(path, parameters);
  for (const model::TrainableRange& range : parameters.trainable_ranges())
    ranks.Broadcast(std::as_writable_bytes(
        parameters.values().subspan(static_cast<size_t>(range.value_offset), static_cast<size_t>(range.size))));
}

}  // namespace agront::training
