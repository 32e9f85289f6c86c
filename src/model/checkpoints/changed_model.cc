// SPDX-License-Identifier: Apache-2.0
#include "model/checkpoints/changed_model.h"

#include <functional>
#include <span>
#include <utility>

#include "formats/checkpoints/safetensors_writer.h"
#include "model/checkpoints/model_folder.h"
#include "model/parameters/model_hasher.h"
#include "tensor/dtype.h"

namespace agront::model {

std::string WriteChangedModel(const Checkpoint& base, const std::map<std::string, std::vector<float>>& values,
                              std::map<std::string, std::string> metadata, OutputFolder& folder) {
  const auto for_each_row = [&](const Parameter& parameter, const std::function<void(std::span<const float>)>& use) {
    if (const auto found = values.find(parameter.name); found != values.end())
      use(found->second);
    else
      ops::ForEachRow(base.Read(parameter), use);
  };
  ModelHasher hasher;
  std::vector<formats::TensorEntry> entries;
  for (const Parameter& parameter : base.parameters()) {
    hasher.Begin(parameter);
    for_each_row(parameter, [&](std::span<const float> row) { hasher.Add(row); });
    const std::vector<int64_t> shape =
        parameter.cols == 0 ? std::vector{parameter.rows} : std::vector{parameter.rows, parameter.cols};
    entries.push_back({parameter.hugging_face, tensor::DType::kFloat32, shape});
  }
  std::string hash = hasher.Hex();
  metadata["format"] = "pt";
  metadata[kModelHashKey] = hash;
  formats::SafetensorsWriter writer(folder.File("model.safetensors"), entries,
                                    {.overwrite = true, .metadata = std::move(metadata)});
  for (const Parameter& parameter : base.parameters())
    for_each_row(parameter, [&](std::span<const float> row) { writer.Write(std::as_bytes(row)); });
  writer.Commit();
  WriteModelDescription(folder, base.shape(), tensor::Name(tensor::DType::kFloat32));
  return hash;
}

}  // namespace agront::model
