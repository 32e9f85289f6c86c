// SPDX-License-Identifier: Apache-2.0
#include "formats/arrays/safetensors_arrays.h"

#include <algorithm>

#include "formats/checkpoints/safetensors_writer.h"

namespace agront::formats {
namespace {

class SafetensorsArrays final : public ArrayWriter {
 public:
  SafetensorsArrays(const std::string& path, const ArrayWriterOptions& options) : ArrayWriter(path, options) {}

  void Commit() override {
    struct Part {
      TensorEntry entry;
      Spool* spool;
    };
    std::vector<Part> parts;
    for (Array& array : arrays_) {
      std::vector<int64_t> shape{array.rows};
      shape.insert(shape.end(), array.row_shape.begin(), array.row_shape.end());
      switch (array.kind) {
        case ArrayKind::kFloat32: parts.push_back({{array.name, tensor::DType::kFloat32, shape}, &array.values}); break;
        case ArrayKind::kInt64: parts.push_back({{array.name, tensor::DType::kInt64, shape}, &array.values}); break;
        case ArrayKind::kText:
          shape = {static_cast<int64_t>(array.values.size())};
          parts.push_back({{array.name, tensor::DType::kUInt8, shape}, &array.values});
          parts.push_back({{array.name + "_offsets", tensor::DType::kInt64, {array.rows + 1}}, &*array.offsets});
          break;
      }
    }
    std::ranges::stable_sort(parts, std::greater(), [](const Part& part) { return tensor::SizeOf(part.entry.dtype); });
    std::vector<TensorEntry> entries;
    for (const Part& part : parts) entries.push_back(part.entry);
    SafetensorsWriter writer(path_, entries, {options_.overwrite, options_.provenance});
    for (const Part& part : parts)
      DrainSpool(*part.spool, [&](std::span<const std::byte> piece) { writer.Write(piece); });
    writer.Commit();
  }
};

}  // namespace

std::unique_ptr<ArrayWriter> CreateSafetensorsArrays(const std::string& path, const ArrayWriterOptions& options) {
  return std::make_unique<SafetensorsArrays>(path, options);
}

}  // namespace agront::formats
