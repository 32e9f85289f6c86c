// SPDX-License-Identifier: Apache-2.0
// Entries of a zip archive, read as streams with their CRC checked (libzip's).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace agront::formats {

struct ZipEntry {
  std::string name;
  uint64_t size = 0;  ///< of the content, not compressed
};

class ZipReader {
 public:
  /// Throws Error when the file is no zip archive, or an entry is encrypted, or compressed by other means
  /// than deflate, or claims a size that the file cannot hold.
  explicit ZipReader(const std::string& path);
  ~ZipReader();
  ZipReader(const ZipReader&) = delete;
  ZipReader& operator=(const ZipReader&) = delete;

  const std::vector<ZipEntry>& entries() const { return entries_; }

  /// The place of the entry with this name.
  std::optional<size_t> Find(const std::string& name) const;

  /// Calls `consume` with the content, in pieces of `piece` bytes (the last one may be shorter). Throws Error
  /// that names the entry when it is damaged; what has been consumed by then is not to be trusted.
  void ReadPieces(size_t index, size_t piece, const std::function<void(std::span<const std::byte>)>& consume) const;

  /// Fills `out`, which has the entry's size. Throws Error as ReadPieces does.
  void ReadInto(size_t index, std::span<std::byte> out) const;

 private:
  struct Archive;
  struct OpenEntry;

  std::string path_;
  std::unique_ptr<Archive> archive_;
  std::vector<ZipEntry> entries_;
};

}  // namespace agront::formats
