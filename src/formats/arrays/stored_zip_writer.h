// SPDX-License-Identifier: Apache-2.0
// Writing a zip archive of stored entries front to back, so that it can go to a pipe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/output_file.h"
#include "formats/arrays/spool.h"

namespace agront::formats {

/// Not libzip, which collects an archive beside its target and renames it: our output may be a device, and
/// should be written once. Entries carry a fixed date, so equal content gives equal bytes. Sizes and offsets
/// that 32 bits cannot hold are written as zip64.
class StoredZipWriter {
 public:
  /// `zip64_from` is the least number written as zip64; tests lower it.
  explicit StoredZipWriter(OutputFile& file, uint64_t zip64_from = 0xFFFFFFFF);

  /// An entry whose content is `head` and then all of `body` (when not null).
  void Add(const std::string& name, std::string_view head, Spool* body);

  /// Writes the directory. Call once, last; the file is not committed.
  void Finish();

 private:
  struct Entry {
    std::string name;
    uint32_t crc;
    uint64_t size;
    uint64_t offset;
  };

  void Write(std::string_view text);
  /// The 32-bit field of a number: itself, or all ones when zip64 has it.
  uint32_t Field(uint64_t number) const;

  OutputFile& file_;
  uint64_t zip64_from_;
  uint64_t offset_ = 0;
  std::vector<Entry> entries_;
};

}  // namespace agront::formats
