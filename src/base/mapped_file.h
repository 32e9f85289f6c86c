// SPDX-License-Identifier: Apache-2.0
// A file mapped read-only into memory.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "base/temporary_file.h"

namespace agront {

/// Thread safety: const members may be called from several threads.
class MappedFile {
 public:
  /// Throws Error when the file cannot be opened or is not a regular file. An empty file maps to no bytes.
  explicit MappedFile(const std::string& path);
  /// All of a file, which may be closed afterwards. `name` is what path() gives.
  MappedFile(const TemporaryFile& file, std::string name);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::span<const std::byte> bytes() const { return {data_, size_}; }
  const std::string& path() const { return path_; }

  /// Tells the system that these bytes are not needed soon, so that they no longer count as resident.
  /// They stay readable: the next access reads them from the file again.
  void Release(std::span<const std::byte> part) const;

 private:
  void Map(int descriptor, size_t size);

  std::string path_;
  const std::byte* data_ = nullptr;
  size_t size_ = 0;
};

}  // namespace agront
