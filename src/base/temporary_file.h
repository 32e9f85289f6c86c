// SPDX-License-Identifier: Apache-2.0
// A file without a name, for what does not fit into memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace agront {

/// Has no name from the start, so it goes away with the process however that ends. Thread safety: ReadAt may be called
/// from several threads.
class TemporaryFile {
 public:
  /// Throws Error when no file can be made in `folder`.
  explicit TemporaryFile(const std::string& folder);
  ~TemporaryFile();
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  uint64_t size() const { return size_; }
  int descriptor() const { return descriptor_; }

  /// Throws Error when the disk is full.
  void Append(std::span<const std::byte> bytes);

  /// Fills `out` with the bytes from `offset` on. Throws Error when there are not as many.
  void ReadAt(uint64_t offset, std::span<std::byte> out) const;

 private:
  std::string folder_;
  int descriptor_;
  uint64_t size_ = 0;
};

}  // namespace agront
