// SPDX-License-Identifier: Apache-2.0
// The text of a plain or bgzip file, from any place on.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "formats/sequences/bgzip_blocks.h"

struct BGZF;
struct hFILE;

namespace agront::formats {

/// Blocks of bgzip are those of the file's .gzi, each compared with the file when it is used; without one, or with one
/// that cannot be right, those that the file itself shows. Thread safety: none.
class RandomAccessFile {
 public:
  /// Throws Error when the file cannot be opened, is plain gzip, or is not whole.
  explicit RandomAccessFile(const std::string& path);
  ~RandomAccessFile();
  RandomAccessFile(const RandomAccessFile&) = delete;
  RandomAccessFile& operator=(const RandomAccessFile&) = delete;

  /// Bytes of the text.
  int64_t size() const { return size_; }

  /// The bytes [start, end) of the text, which has them. Throws WrongGzi when the .gzi is wrong there, Error for
  /// damage of the file.
  std::string Read(int64_t start, int64_t end);

  bool uses_gzi() const { return uses_gzi_; }

  /// Forgets the .gzi: the blocks are found by their headers.
  void FindBlocks();

  /// Why the .gzi is not used, as a sentence; else empty.
  const std::string& note() const { return note_; }

 private:
  bool UseGzi();
  void LoadBlock(size_t index);
  bool ReadBlock(int64_t start, int64_t end);
  bool OnlyEmptyBlocks(int64_t start, int64_t end);
  std::string ReadPlain(int64_t start, int64_t end);

  std::string path_;
  hFILE* file_ = nullptr;
  BGZF* bgzip_ = nullptr;           // none for a plain file
  std::vector<BgzipBlock> blocks_;  // and the end of the text
  bool uses_gzi_ = false;
  std::string block_;  // the text of the one used last
  size_t loaded_ = 0;  // its index + 1
  int64_t size_ = 0;
  std::string note_;
};

/// Whether a file is gzip, and not bgzip: its text can only be read from the beginning.
bool IsPlainGzip(const std::string& path);

}  // namespace agront::formats
