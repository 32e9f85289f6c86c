// SPDX-License-Identifier: Apache-2.0
// Writing a .safetensors file tensor after tensor, without holding it in memory.
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/output_file.h"
#include "formats/checkpoints/tensor_archive.h"

namespace agront::formats {

struct SafetensorsOptions {
  bool overwrite = false;
  std::map<std::string, std::string> metadata;  ///< becomes __metadata__
};

/// The header is written at once: names, dtypes and shapes are known before the first value. Data start at a
/// multiple of 64 bytes and follow each other without gaps, so a tensor is as aligned as the sizes before it
/// allow. The file appears at Commit(), whole; destroyed before, nothing stays.
class SafetensorsWriter {
 public:
  /// Throws Error when the file exists and may not be overwritten, a shape is impossible, a name comes twice
  /// or is not UTF-8.
  SafetensorsWriter(const std::string& path, const std::vector<TensorEntry>& entries,
                    const SafetensorsOptions& options);

  /// The next bytes of the tensors in declared order, row-major and little-endian; a tensor may come in
  /// pieces and a piece may span tensors. Throws Error for more bytes than declared, or a full disk.
  void Write(std::span<const std::byte> bytes);

  /// Throws Error when bytes are missing. Call once, last.
  void Commit();

 private:
  std::string path_;
  OutputFile file_;
  uint64_t declared_ = 0;
  uint64_t written_ = 0;
};

}  // namespace agront::formats
