// SPDX-License-Identifier: Apache-2.0
#include "formats/sequences/compressed_input.h"

#include <htslib/bgzf.h>
#include <htslib/hfile.h>
#include <htslib/hts_log.h>

#include <algorithm>
#include <filesystem>

#include "base/error.h"
#include "base/open_failure.h"

namespace agront::formats {

CompressedInput::CompressedInput(const std::string& path) : name_(path == "-" ? "standard input" : path) {
  hts_set_log_level(HTS_LOG_OFF);  // it would print lines of its own; every failure becomes an Error here
  if (path != "-") {
    std::error_code missing;
    if (std::filesystem::is_directory(path, missing)) Fail("{}: expected a file, got a folder", path);
    if (std::filesystem::is_regular_file(path, missing)) bytes_ = static_cast<double>(std::filesystem::file_size(path));
  }
  file_ = bgzf_open(path.c_str(), "r");
  if (file_ == nullptr) FailToOpen(name_);
}

CompressedInput::~CompressedInput() { bgzf_close(file_); }

size_t CompressedInput::Read(std::span<char> buffer) {
  const ssize_t got = bgzf_read(file_, buffer.data(), buffer.size());
  if (got < 0) Fail("{}: corrupt or truncated compressed data", name_);
  if (static_cast<size_t>(got) < buffer.size() && bgzf_compression(file_) != 0) {
    // bgzip ends in an empty block: without it, whole blocks are missing. Plain gzip that stops early leaves the
    // decompressor in the middle of its stream, which bgzf_read only says at the next call.
    char next = 0;
    if (bgzf_read(file_, &next, 1) != 0) Fail("{}: corrupt or truncated compressed data", name_);
    if (bgzf_compression(file_) == 2 && file_->fp != nullptr && bgzf_check_EOF(file_) == 0)
      Fail("{}: truncated: expected the end-of-file block of bgzip", name_);
  }
  delivered_ += static_cast<double>(got);
  return static_cast<size_t>(got);
}

double CompressedInput::Progress(size_t pending) const {
  if (bytes_ <= 0) return -1;
  const double used = delivered_ > 0 ? 1 - static_cast<double>(pending) / delivered_ : 0;
  return std::min(1.0, used * static_cast<double>(htell(file_->fp)) / bytes_);
}

}  // namespace agront::formats
