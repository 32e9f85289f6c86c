// SPDX-License-Identifier: Apache-2.0
// Bytes of a text file that may be gzip or bgzip (htslib's), with every sign of truncation an error.
//
// A byte-order mark of UTF-8 at the beginning is passed over, UTF-16 refused. Zeros behind compressed data, as tapes
// and disk blocks leave them, are passed over with a note; anything else there is an error.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "formats/sequences/htslib_log.h"

struct BGZF;
struct hFILE;

namespace agront::formats {

class GzipStream;

class CompressedInput {
 public:
  /// "-" is standard input. Throws Error when the file cannot be opened or is a folder.
  explicit CompressedInput(const std::string& path);
  /// An open file, which it owns from then on, of this path.
  CompressedInput(hFILE* file, const std::string& path);
  ~CompressedInput();
  CompressedInput(const CompressedInput&) = delete;
  CompressedInput& operator=(const CompressedInput&) = delete;

  /// Fills the buffer, of 4 bytes or more, as far as the input goes; 0 at its end. Throws Error for corrupt or
  /// truncated compression.
  size_t Read(std::span<char> buffer);

  /// The share of the file that was read, less `pending` bytes that the caller has not used yet; negative when its size
  /// is not known. An estimate for a compressed file.
  double Progress(size_t pending) const;

  /// For messages: the path, or "standard input".
  const std::string& name() const { return name_; }

  /// Notes on bytes that were skipped, a sentence each.
  std::vector<std::string> Notes() const;

 private:
  size_t ReadBytes(std::span<char> buffer);
  size_t ReadGzip(std::span<char> buffer);
  size_t ReadBlocks(std::span<char> buffer);
  void CheckLastBlock() const;
  bool OnlyPaddingFollows() const;

  HtslibLogOff log_off_;
  std::string path_;
  std::string name_;
  hFILE* file_ = nullptr;   // the file as it is; blocks_ owns it where it is there
  BGZF* blocks_ = nullptr;  // plain or bgzip
  std::unique_ptr<GzipStream> gzip_;
  bool is_bgzip_ = false;
  bool is_at_start_ = true;
  bool has_padding_ = false;
  double bytes_ = -1;
  double delivered_ = 0;  // bytes after decompression
};

}  // namespace agront::formats
