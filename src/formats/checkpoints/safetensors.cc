// SPDX-License-Identifier: Apache-2.0
#include "formats/checkpoints/safetensors.h"

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>
#include <utility>

#include "base/error.h"
#include "base/little_endian.h"
#include "base/sha256.h"
#include "formats/checkpoints/tensor_values.h"
#include "formats/file_kind.h"
#include "formats/json.h"
#include "formats/printable.h"
#include "formats/shape_check.h"

namespace agront::formats {
namespace {

using nlohmann::json;
using tensor::DType;

constexpr size_t kLengthBytes = 8;

std::optional<DType> ParseDType(std::string_view name) {
  constexpr std::pair<std::string_view, DType> kNames[] = {
      {"F64", DType::kFloat64}, {"F32", DType::kFloat32}, {"F16", DType::kFloat16}, {"BF16", DType::kBFloat16},
      {"I64", DType::kInt64},   {"I32", DType::kInt32},   {"I16", DType::kInt16},   {"I8", DType::kInt8},
      {"U8", DType::kUInt8},    {"BOOL", DType::kBool}};
  for (const auto& [known, dtype] : kNames)
    if (known == name) return dtype;
  return std::nullopt;
}

/// The header's bytes, after checks of its length.
std::string_view FindHeader(std::span<const std::byte> bytes, const std::string& path) {
  ExpectKind(path, bytes, FileKind::kSafetensors, "a safetensors file");
  if (bytes.size() < kLengthBytes)
    Fail("{}: expected a safetensors file of at least {} bytes, got {}", path, kLengthBytes, bytes.size());
  uint64_t length = 0;
  std::memcpy(&length, bytes.data(), kLengthBytes);
  if (length > kMaxSafetensorsHeader)
    Fail("{}: byte 0: expected a safetensors header of at most {} bytes, got {}", path, kMaxSafetensorsHeader, length);
  if (length > bytes.size() - kLengthBytes)
    Fail("{}: byte 0: expected a header of {} bytes, the file ends after {}", path, length,
         bytes.size() - kLengthBytes);
  return {reinterpret_cast<const char*>(bytes.data()) + kLengthBytes, static_cast<size_t>(length)};
}

json ParseHeader(std::string_view header, const std::string& path) {
  json document = ParseJson(header, path + ": header");
  if (!document.is_object()) Fail("{}: expected a JSON object as header, got {}", path, document.type_name());
  return document;
}

std::vector<int64_t> ParseSizes(const json& tensor, const char* key, const std::string& place) {
  const auto found = tensor.find(key);
  if (found == tensor.end() || !found->is_array()) Fail("{}: expected a list \"{}\"", place, key);
  constexpr size_t kMostSizes = 64;
  if (found->size() > kMostSizes)
    Fail("{}: expected at most {} sizes in \"{}\", got {}", place, kMostSizes, key, found->size());
  std::vector<int64_t> sizes;
  for (const json& size : *found) {
    if (!size.is_number_unsigned() || size.get<uint64_t>() > static_cast<uint64_t>(INT64_MAX))
      Fail("{}: expected whole numbers of at least 0 in \"{}\", got {}", place, key, Printable(size.dump()));
    sizes.push_back(size.get<int64_t>());
  }
  return sizes;
}

class Safetensors final : public TensorArchive {
 public:
  Safetensors(std::string path, std::span<const std::byte> bytes, std::shared_ptr<const MappedFile> file)
      : path_(std::move(path)), file_(std::move(file)), header_(FindHeader(bytes, path_)) {
    data_ = bytes.subspan(kLengthBytes + header_.size());
    const json document = ParseHeader(header_, path_);
    for (const auto& [name, value] : document.items()) {
      if (name == "__metadata__")
        AddMetadata(value);
      else
        AddTensor(name, value);
    }
    SortByOffset();
  }

  const std::string& path() const override { return path_; }
  const std::vector<TensorEntry>& entries() const override { return entries_; }
  const std::map<std::string, std::string>& metadata() const override { return metadata_; }

  TensorValues Read(size_t index) const override {
    const TensorEntry& entry = entries_.at(index);
    return ViewOrConvert(Place(entry.name), entry, RowMajorStrides(entry.shape), parts_[index], file_);
  }

  TensorBytes Bytes(size_t index) const override { return View(parts_.at(index), file_); }

  std::string HeaderHash() const override {
    Sha256 hash;
    hash.Update(header_);
    return hash.Hex();
  }

 private:
  std::string Place(const std::string& name) const { return fmt::format("{}: tensor \"{}\"", path_, Printable(name)); }

  void AddMetadata(const json& value) {
    if (value.is_null()) return;  // as the format's own library has it
    if (!value.is_object()) Fail("{}: expected an object \"__metadata__\", got {}", path_, value.type_name());
    for (const auto& [key, text] : value.items()) {
      if (!text.is_string())
        Fail("{}: __metadata__ \"{}\": expected a string, got {}", path_, Printable(key), text.type_name());
      metadata_.emplace(key, text.get<std::string>());
    }
  }

  void AddTensor(const std::string& name, const json& value) {
    const std::string place = Place(name);
    if (!value.is_object()) Fail("{}: expected an object, got {}", place, value.type_name());
    const auto dtype_name = value.find("dtype");
    if (dtype_name == value.end() || !dtype_name->is_string()) Fail("{}: expected a string \"dtype\"", place);
    const std::string format = dtype_name->get<std::string>();
    const DType dtype = ParseDType(format).value_or(DType::kOther);
    TensorEntry entry{name, dtype, ParseSizes(value, "shape", place)};
    if (dtype == DType::kOther) entry.format = fmt::format("\"{}\"", Printable(format));
    const std::vector<int64_t> offsets = ParseSizes(value, "data_offsets", place);
    if (offsets.size() != 2 || offsets[0] > offsets[1])
      Fail("{}: expected data_offsets [begin, end] with begin <= end", place);
    if (static_cast<uint64_t>(offsets[1]) > data_.size())
      Fail("{}: expected data within {} bytes, got data_offsets up to {}", place, data_.size(), offsets[1]);
    const int64_t bytes = offsets[1] - offsets[0];
    const int64_t needed = CountElements(place, entry.shape) * static_cast<int64_t>(tensor::SizeOf(dtype));
    if (dtype != DType::kOther && bytes != needed)
      Fail("{}: expected {} bytes for its shape and dtype, got {}", place, needed, bytes);
    entries_.push_back(std::move(entry));
    parts_.push_back(data_.subspan(static_cast<size_t>(offsets[0]), static_cast<size_t>(bytes)));
  }

  void SortByOffset() {
    std::vector<size_t> order(entries_.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::stable_sort(order.begin(), order.end(), [this](size_t a, size_t b) {
      return std::pair(parts_[a].data(), parts_[a].size()) < std::pair(parts_[b].data(), parts_[b].size());
    });
    std::vector<TensorEntry> entries;
    std::vector<std::span<const std::byte>> parts;
    for (size_t index : order) {
      if (!parts.empty() && parts.back().data() + parts.back().size() > parts_[index].data())
        Fail("{}: expected tensors apart, got data that overlaps those of \"{}\"", Place(entries_[index].name),
             entries.back().name);
      entries.push_back(std::move(entries_[index]));
      parts.push_back(parts_[index]);
    }
    entries_ = std::move(entries);
    parts_ = std::move(parts);
  }

  std::string path_;
  std::shared_ptr<const MappedFile> file_;  // null when the bytes are somebody else's
  std::string_view header_;
  std::span<const std::byte> data_;
  std::vector<TensorEntry> entries_;
  std::vector<std::span<const std::byte>> parts_;  // of data_, one for each entry
  std::map<std::string, std::string> metadata_;
};

}  // namespace

std::unique_ptr<TensorArchive> OpenSafetensors(const std::string& path) {
  auto file = std::make_shared<const MappedFile>(path);
  const std::span<const std::byte> bytes = file->bytes();
  return std::make_unique<Safetensors>(path, bytes, std::move(file));
}

std::unique_ptr<TensorArchive> OpenSafetensors(std::span<const std::byte> bytes, std::string name) {
  return std::make_unique<Safetensors>(std::move(name), bytes, nullptr);
}

}  // namespace agront::formats
