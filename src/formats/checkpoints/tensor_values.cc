// SPDX-License-Identifier: Apache-2.0
#include "formats/checkpoints/tensor_values.h"

#include <cstdint>
#include <new>
#include <utility>

#include "base/error.h"

namespace agront::formats {
namespace {

/// Keeps the file mapped, and gives the pages of one tensor back when the last user goes.
struct MappedPart {
  std::shared_ptr<const MappedFile> file;
  std::span<const std::byte> bytes;
  MappedPart(std::shared_ptr<const MappedFile> from, std::span<const std::byte> part)
      : file(std::move(from)), bytes(part) {}
  MappedPart(const MappedPart&) = delete;
  MappedPart& operator=(const MappedPart&) = delete;
  ~MappedPart() { file->Release(bytes); }
};

}  // namespace

std::shared_ptr<float[]> AllocateFloats(std::string_view place, int64_t count) {
  try {
    // Not make_shared: its one block of memory stays as long as a weak_ptr looks at it.
    return std::shared_ptr<float[]>(new float[static_cast<size_t>(count)]);
  } catch (const std::bad_alloc&) {
    Fail("{}: cannot allocate memory for {} values", place, count);
  }
}

void RequireFloating(std::string_view place, const TensorEntry& entry) {
  if (!tensor::IsFloating(entry.dtype)) Fail("{}: expected floating-point values, got {}", place, FormatName(entry));
}

TensorBytes View(std::span<const std::byte> bytes, std::shared_ptr<const MappedFile> file) {
  if (file == nullptr) return {bytes, nullptr};
  file->CheckSize();
  return {bytes, std::make_shared<const MappedPart>(std::move(file), bytes)};
}

TensorValues ViewOrConvert(std::string_view place, const TensorEntry& entry, std::vector<int64_t> strides,
                           std::span<const std::byte> bytes, std::shared_ptr<const MappedFile> file) {
  RequireFloating(place, entry);
  TensorValues values;
  values.shape = entry.shape;
  values.strides = std::move(strides);
  const bool aligned = reinterpret_cast<uintptr_t>(bytes.data()) % alignof(float) == 0;
  if (entry.dtype == tensor::DType::kFloat32 && aligned) {
    values.data = reinterpret_cast<const float*>(bytes.data());
    values.owner = View(bytes, std::move(file)).owner;
    return values;
  }
  if (file != nullptr) file->CheckSize();
  const auto count = static_cast<int64_t>(bytes.size() / tensor::SizeOf(entry.dtype));
  std::shared_ptr<float[]> own = AllocateFloats(place, count);
  tensor::ToFloat32(entry.dtype, bytes.data(), {own.get(), static_cast<size_t>(count)});
  if (file != nullptr) file->Release(bytes);
  values.data = own.get();
  values.owner = std::move(own);
  return values;
}

}  // namespace agront::formats
