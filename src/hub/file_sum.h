// SPDX-License-Identifier: Apache-2.0
// The checksum that a file must have, and the comparison with it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace agront::hub {

/// Size and checksums of a file; those that are not known are empty.
struct FileSum {
  int64_t size = -1;     ///< bytes; negative: not known
  std::string sha256;    ///< of the file, as the hub names large files
  std::string git_sha1;  ///< of "blob SIZE\0" and the file, as git and the hub name small ones

  bool has_checksum() const { return !sha256.empty() || !git_sha1.empty(); }
};

/// Takes the bytes of a file one after another. Thread safety: none.
class SumCheck {
 public:
  /// The size must be known where there is a git_sha1.
  explicit SumCheck(const FileSum& expected);
  ~SumCheck();
  SumCheck(SumCheck&& other) noexcept;
  SumCheck& operator=(SumCheck&& other) noexcept;

  void Update(std::span<const std::byte> bytes);

  uint64_t size() const { return size_; }

  /// "" when all that is known of the file agrees; else "expected 12 bytes, got 13" or the like. Call once, last.
  std::string Difference();

 private:
  class Digest;

  FileSum expected_;
  uint64_t size_ = 0;
  std::unique_ptr<Digest> sha256_;
  std::unique_ptr<Digest> git_sha1_;
};

}  // namespace agront::hub
