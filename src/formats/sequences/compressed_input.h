// SPDX-License-Identifier: Apache-2.0
// Bytes of a file that may be gzip or bgzip (htslib's), with every sign of truncation an error.
#pragma once

#include <cstddef>
#include <span>
#include <string>

struct BGZF;

namespace agront::formats {

class CompressedInput {
 public:
  /// "-" is standard input. Throws Error when the file cannot be opened or is a folder.
  explicit CompressedInput(const std::string& path);
  ~CompressedInput();
  CompressedInput(const CompressedInput&) = delete;
  CompressedInput& operator=(const CompressedInput&) = delete;

  /// Fills the buffer as far as the input goes; 0 at its end. Throws Error for corrupt or truncated compression.
  size_t Read(std::span<char> buffer);

  /// The share of the file that was read, less `pending` bytes that the caller has not used yet; negative when its size
  /// is not known. Of a compressed file an estimate.
  double Progress(size_t pending) const;

  /// For messages: the path, or "standard input".
  const std::string& name() const { return name_; }

 private:
  std::string name_;
  BGZF* file_ = nullptr;
  double bytes_ = -1;
  double delivered_ = 0;  // bytes after decompression
};

}  // namespace agront::formats
