// SPDX-License-Identifier: Apache-2.0
#include "formats/checkpoints/safetensors_writer.h"

#include <nlohmann/json.hpp>
#include <string_view>

#include "base/error.h"
#include "base/little_endian.h"
#include "formats/shape_check.h"

namespace agront::formats {
namespace {

constexpr size_t kDataAlignment = 64;

std::string_view StoredName(tensor::DType dtype) {
  switch (dtype) {
    case tensor::DType::kFloat64: return "F64";
    case tensor::DType::kFloat32: return "F32";
    case tensor::DType::kFloat16: return "F16";
    case tensor::DType::kBFloat16: return "BF16";
    case tensor::DType::kInt64: return "I64";
    case tensor::DType::kInt32: return "I32";
    case tensor::DType::kInt16: return "I16";
    case tensor::DType::kInt8: return "I8";
    case tensor::DType::kUInt8: return "U8";
    case tensor::DType::kBool: return "BOOL";
    case tensor::DType::kOther: break;
  }
  Fail("safetensors: {} is not a number format", static_cast<int>(dtype));
}

}  // namespace

SafetensorsWriter::SafetensorsWriter(const std::string& path, const std::vector<TensorEntry>& entries,
                                     const SafetensorsOptions& options)
    : path_(path), file_(path, options.overwrite) {
  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  if (!options.metadata.empty()) header["__metadata__"] = options.metadata;
  for (const TensorEntry& entry : entries) {
    const std::string place = fmt::format("{}: tensor \"{}\"", path, entry.name);
    if (header.contains(entry.name)) Fail("{}: expected another name, this one is taken", place);
    const auto count = static_cast<uint64_t>(CountElements(place, entry.shape));
    const uint64_t end = declared_ + count * tensor::SizeOf(entry.dtype);
    header[entry.name] = {
        {"dtype", StoredName(entry.dtype)}, {"shape", entry.shape}, {"data_offsets", {declared_, end}}};
    declared_ = end;
  }
  std::string text;
  try {
    text = header.dump();
  } catch (const nlohmann::ordered_json::exception& error) {
    Fail("{}: expected names and metadata in UTF-8: {}", path, error.what());
  }
  const size_t unpadded = sizeof(uint64_t) + text.size();
  text.append((kDataAlignment - unpadded % kDataAlignment) % kDataAlignment, ' ');
  const uint64_t length = text.size();
  file_.Write(std::as_bytes(std::span(&length, 1)));
  file_.Write(text);
}

void SafetensorsWriter::Write(std::span<const std::byte> bytes) {
  if (bytes.size() > declared_ - written_)
    Fail("{}: expected {} bytes of tensors, got {} or more", path_, declared_, written_ + bytes.size());
  file_.Write(bytes);
  written_ += bytes.size();
}

void SafetensorsWriter::Commit() {
  if (written_ != declared_) Fail("{}: expected {} bytes of tensors, got {}", path_, declared_, written_);
  file_.Commit();
}

}  // namespace agront::formats
