// SPDX-License-Identifier: Apache-2.0
#include "tasks/convert/write_weights.h"

#include <cmath>
#include <vector>

#include "base/error.h"
#include "base/progress.h"
#include "formats/checkpoints/safetensors_writer.h"
#include "model/checkpoints/model_hash.h"
#include "ops/matmul/quantize_weights.h"

namespace agront::tasks {
namespace {

/// float16 has no numbers above 65504; rounding starts at 65520.
void CheckFitsFloat16(const std::string& path, const std::string& name, std::span<const float> row) {
  constexpr float kBecomesInfinite = 65520;
  for (const float value : row)
    if (std::isfinite(value) && std::abs(value) >= kBecomesInfinite)
      Fail("{}: parameter {}: expected numbers that fp16 can hold, up to 65504, got {}; bf16 holds it", path, name,
           value);
}

/// The tensors of the file: each parameter, and behind each int8 matrix its scales.
std::vector<formats::TensorEntry> Entries(const model::Checkpoint& checkpoint, tensor::DType dtype) {
  std::vector<formats::TensorEntry> entries;
  for (const model::Parameter& parameter : checkpoint.parameters()) {
    std::vector<int64_t> shape = {parameter.rows};
    if (parameter.cols != 0) shape.push_back(parameter.cols);
    const tensor::DType stored = model::StoredDType(checkpoint, parameter, {dtype});
    entries.push_back({parameter.hugging_face, stored, shape});
    if (stored == tensor::DType::kInt8)
      entries.push_back({parameter.hugging_face + model::kScaleSuffix, tensor::DType::kFloat32, {parameter.rows, 1}});
  }
  return entries;
}

void WriteInt8(const ops::Int8WeightView& view, formats::SafetensorsWriter& writer) {
  writer.Write(std::as_bytes(std::span(view.data, static_cast<size_t>(view.out * view.in))));
  writer.Write(std::as_bytes(std::span(view.scales, static_cast<size_t>(view.out))));
}

}  // namespace

void WriteWeights(const model::Checkpoint& checkpoint, tensor::DType dtype, const Metadata& metadata,
                  const std::string& path, Reporter& reporter) {
  const std::vector<formats::TensorEntry> entries = Entries(checkpoint, dtype);
  formats::SafetensorsWriter writer(path, entries, {.overwrite = true, .metadata = metadata});
  Progress progress(reporter, "writing", "values");
  const auto total = static_cast<double>(model::CountValues(checkpoint.shape()));
  std::vector<std::byte> stored;
  int64_t done = 0;
  auto entry = entries.begin();
  for (const model::Parameter& parameter : checkpoint.parameters()) {
    const tensor::DType stored_as = entry->dtype;
    entry += stored_as == tensor::DType::kInt8 ? 2 : 1;
    if (stored_as == tensor::DType::kInt8) {
      WriteInt8(ops::Quantize(checkpoint.Read(parameter)).view, writer);
    } else {
      ops::ForEachRow(checkpoint.Read(parameter), [&](std::span<const float> row) {
        if (stored_as == tensor::DType::kFloat16) CheckFitsFloat16(checkpoint.path(), parameter.name, row);
        stored.resize(row.size() * tensor::SizeOf(stored_as));
        tensor::FromFloat32(stored_as, row, stored.data());
        writer.Write(stored);
      });
    }
    done += parameter.size();
    progress.Update(done, static_cast<double>(done) / total);
  }
  writer.Commit();
}

}  // namespace agront::tasks
