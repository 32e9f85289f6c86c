// SPDX-License-Identifier: Apache-2.0
// A file mapped read-only into memory: weights, corpora.
//
// When somebody cuts the file short meanwhile, the next access to what is gone ends the process by SIGBUS: nothing that
// reads mapped memory can prevent that. CheckSize finds it where it happened before; a file that is replaced by another
// one under its name (as our own outputs are) is safe, as the mapping keeps the old one. Small files are read instead
// (base/text_file.h).
#pragma once

#include <sys/types.h>

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

  /// Throws Error when the file has become shorter since it was mapped. Call before a use of a large part.
  void CheckSize() const;

  /// Tells the system that these bytes are not needed soon, so that they no longer count as resident.
  /// They stay readable: the next access reads them from the file again.
  void Release(std::span<const std::byte> part) const;

 private:
  void Map(int descriptor, size_t size);

  std::string path_;
  const std::byte* data_ = nullptr;
  size_t size_ = 0;
  dev_t device_ = 0;  // with the number, which file it is; 0: one without a name
  ino_t number_ = 0;
};

}  // namespace agront
