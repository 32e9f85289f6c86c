// SPDX-License-Identifier: Apache-2.0
#include "model/training/trained_weights.h"

#include <utility>
#include <vector>

#include "formats/checkpoints/safetensors_writer.h"
#include "model/parameters/model_hasher.h"

namespace agront::model {

std::string ComputeModelHash(const TrainingParameters& parameters) {
  ModelHasher hash;
  for (const auto& [parameter, offset, gradient_offset, is_frozen] : parameters.table()) {
    hash.Begin(parameter);
    hash.Add(parameters.values().subspan(offset, parameter.size()));
  }
  return hash.Hex();
}

void WriteTrainedWeights(const TrainingParameters& parameters, const std::string& path,
                         std::map<std::string, std::string> metadata) {
  metadata["format"] = "pt";
  metadata[kModelHashKey] = ComputeModelHash(parameters);
  std::vector<formats::TensorEntry> entries;
  for (const PlacedParameter& placed : parameters.table()) {
    std::vector<int64_t> shape = {placed.parameter.rows};
    if (placed.parameter.cols != 0) shape.push_back(placed.parameter.cols);
    entries.push_back({placed.parameter.hugging_face, tensor::DType::kFloat32, shape});
  }
  formats::SafetensorsWriter writer(path, entries, {.overwrite = true, .metadata = std::move(metadata)});
  writer.Write(std::as_bytes(parameters.values()));
  writer.Commit();
}

}  // namespace agront::model
