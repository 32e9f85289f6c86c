// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <vector>

#include "base/progress.h"
#include "formats/checkpoints/safetensors_writer.h"
#include "model/checkpoints/model_hash.h"
#include "ops/matmul/matmul.h"
#include "tasks/convert/write_weights.h"

namespace agront::tasks {
namespace {

int64_t LinesOf(const ops::PackedView& packed) {
  return static_cast<int64_t>((packed.bytes.size() + ops::kPackedLine - 1) / ops::kPackedLine);
}

/// As the model packs it, but the head in float32: what it becomes depends on the processor (nn::HeadPrecision).
ops::PackedWeights Pack(const model::Checkpoint& checkpoint, const model::Parameter& parameter, Precision precision) {
  const std::vector<float> no_bias(static_cast<size_t>(parameter.rows));
  return {checkpoint.ReadStored(parameter), no_bias, model::IsBlockMatrix(parameter) ? precision : Precision::kFp32};
}

}  // namespace

void WritePackedWeights(const model::Checkpoint& checkpoint, Precision precision, const Metadata& metadata,
                        const std::string& path, Reporter& reporter) {
  Progress progress(reporter, "packing", "values");
  const auto total = 2.0 * static_cast<double>(model::CountValues(checkpoint.shape()));
  int64_t done = 0;
  const auto show = [&](const model::Parameter& parameter) {
    done += parameter.size();
    progress.Update(done / 2, static_cast<double>(done) / total);
  };

  // Matrices first: they are whole cache lines, so each begins on one. Their sizes are known when they are packed, and
  // all of them at once are as large as the model; so they are packed once for the header and once to be written.
  std::vector<const model::Parameter*> matrices, others;
  for (const model::Parameter& parameter : checkpoint.parameters())
    (model::IsProductMatrix(parameter) ? matrices : others).push_back(&parameter);
  std::vector<formats::TensorEntry> entries;
  for (const model::Parameter* parameter : matrices) {
    const ops::PackedWeights weights = Pack(checkpoint, *parameter, precision);
    const ops::PackedView packed = weights.packed();
    entries.push_back({parameter->hugging_face + model::kPackedMark + packed.layout,
                       tensor::DType::kUInt8,
                       {LinesOf(packed), static_cast<int64_t>(ops::kPackedLine)}});
    show(*parameter);
  }
  for (const model::Parameter* parameter : others) {
    std::vector<int64_t> shape = {parameter->rows};
    if (parameter->cols != 0) shape.push_back(parameter->cols);
    entries.push_back({parameter->hugging_face, tensor::DType::kFloat32, shape});
    show(*parameter);
  }

  formats::SafetensorsWriter writer(path, entries, {.overwrite = true, .metadata = metadata});
  for (const model::Parameter* parameter : matrices) {
    const ops::PackedWeights weights = Pack(checkpoint, *parameter, precision);
    const ops::PackedView packed = weights.packed();
    constexpr std::array<std::byte, ops::kPackedLine> kZeros{};
    writer.Write(packed.bytes);
    writer.Write(
        std::span(kZeros).first(static_cast<size_t>(LinesOf(packed)) * ops::kPackedLine - packed.bytes.size()));
    show(*parameter);
  }
  for (const model::Parameter* parameter : others) {
    ops::ForEachRow(checkpoint.Read(*parameter), [&](std::span<const float> row) { writer.Write(std::as_bytes(row)); });
    show(*parameter);
  }
  writer.Commit();
}

}  // namespace agront::tasks
