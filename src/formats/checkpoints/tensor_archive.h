// SPDX-License-Identifier: Apache-2.0
// The interface of every checkpoint container: named tensors, read as float32 without holding the whole file.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "tensor/dtype.h"

namespace agront::formats {

/// One tensor of a container, as its header describes it.
struct TensorEntry {
  std::string name;  ///< as in the file; for JAX "module/name" + "/" + parameter
  tensor::DType dtype;
  std::vector<int64_t> shape;
  std::string format = {};  ///< the file's own name of a dtype kOther, in quotes: "F8_E4M3"
};

/// The number format, for messages.
inline std::string FormatName(const TensorEntry& entry) {
  return entry.format.empty() ? std::string(tensor::Name(entry.dtype)) : entry.format;
}

/// Float32 values with strides, in elements. The values live as long as `owner`; where they are pages of a mapped
/// file, these pages are given back to the system when the last copy of `owner` goes.
struct TensorValues {
  const float* data = nullptr;
  std::vector<int64_t> shape;
  std::vector<int64_t> strides;
  std::shared_ptr<const void> owner;
};

/// A tensor as it lies in the file. Lives as long as `owner`, which gives the file's pages back when it goes.
struct TensorBytes {
  std::span<const std::byte> bytes;
  std::shared_ptr<const void> owner;
};

/// A checkpoint container that is open for reading. The header is checked when opened: every tensor lies inside
/// the file, overlaps no other, has as many bytes as its shape and dtype ask for. A dtype that is not read (kOther) is
/// no error until its tensor is. Nothing in a file is executed.
/// Thread safety: none; use one from one thread.
class TensorArchive {
 public:
  virtual ~TensorArchive() = default;

  /// Where the tensors come from, for messages: a file, or the index of several.
  virtual const std::string& path() const = 0;

  /// In the order of the file.
  virtual const std::vector<TensorEntry>& entries() const = 0;

  /// Text that the container keeps beside its tensors (safetensors' __metadata__); empty elsewhere.
  virtual const std::map<std::string, std::string>& metadata() const = 0;

  /// The values of entries()[index]. Mapped where the file holds aligned float32 (a transposed tensor has the
  /// strides that it has in the file), else converted into memory of its own. Throws Error for integer tensors.
  virtual TensorValues Read(size_t index) const = 0;

  /// The bytes of entries()[index], row-major, where the container holds them so; none elsewhere.
  virtual TensorBytes Bytes(size_t /*index*/) const { return {}; }

  /// SHA-256 of what describes the tensors (header, or the pickle), cheap to compute: not over the values.
  virtual std::string HeaderHash() const = 0;
};

}  // namespace agront::formats
