// SPDX-License-Identifier: Apache-2.0
#include "formats/sequences/compressed_input.h"

#include <htslib/bgzf.h>
#include <htslib/hfile.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string_view>

#include "base/error.h"
#include "base/open_failure.h"
#include "formats/file_kind.h"
#include "formats/sequences/bgzip_blocks.h"
#include "formats/sequences/gzip_stream.h"

namespace agront::formats {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// Opens a file; "-" is standard input.
hFILE* Opened(const std::string& path) {
  std::error_code missing;
  if (path != "-" && std::filesystem::is_directory(path, missing)) Fail("{}: expected a file, got a folder", path);
  hFILE* file = hopen(path.c_str(), "r");
  if (file == nullptr) FailToOpen(path == "-" ? "standard input" : path);
  return file;
}

}  // namespace

CompressedInput::CompressedInput(const std::string& path) : CompressedInput(Opened(path), path) {}

CompressedInput::CompressedInput(hFILE* file, const std::string& path)
    : path_(path), name_(path == "-" ? "standard input" : path), file_(file) {
  std::error_code missing;
  const bool is_file = path != "-" && std::filesystem::is_regular_file(path, missing);
  if (is_file) bytes_ = static_cast<double>(std::filesystem::file_size(path));
  std::string begin(kBgzipHeader, '\0');
  const ssize_t count = hpeek(file_, begin.data(), begin.size());
  begin.resize(static_cast<size_t>(std::max<ssize_t>(count, 0)));
  is_bgzip_ = BgzipBlockSize(begin) > 0;
  // A pipe cannot be read again behind its blocks, to see whether zeros follow: it is taken for gzip.
  if (begin.starts_with("\x1F\x8B") && !(is_bgzip_ && is_file)) {
    gzip_ = std::make_unique<GzipStream>(file_, name_);
  } else {
    blocks_ = bgzf_hopen(file_, "r");
    if (blocks_ == nullptr) {
      hclose_abruptly(file_);
      Fail("{}: cannot open: {}", name_, SystemError());
    }
  }
}

CompressedInput::~CompressedInput() {
  if (blocks_ != nullptr)
    bgzf_close(blocks_);
  else
    hclose_abruptly(file_);
}

size_t CompressedInput::Read(std::span<char> buffer) {
  size_t count = ReadBytes(buffer);
  if (is_at_start_) {
    const std::string_view begin(buffer.data(), count);
    if (begin.starts_with("\xFF\xFE"sv) || begin.starts_with("\xFE\xFF"sv))
      Fail("{}: expected text in UTF-8, got a byte-order mark of UTF-16", name_);
    ExpectText(name_, std::as_bytes(buffer.first(count)));
    if (begin.starts_with(kByteOrderMark)) {
      count -= kByteOrderMark.size();
      std::copy_n(buffer.data() + kByteOrderMark.size(), count, buffer.data());
    }
    is_at_start_ = false;
  }
  delivered_ += static_cast<double>(count);
  return count;
}

size_t CompressedInput::ReadBytes(std::span<char> buffer) { return gzip_ ? ReadGzip(buffer) : ReadBlocks(buffer); }

size_t CompressedInput::ReadGzip(std::span<char> buffer) {
  const size_t count = gzip_->Read(buffer);
  if (count < buffer.size() && is_bgzip_ && !gzip_->last_is_empty())
    Fail("{}: truncated: expected the end-of-file block of bgzip", name_);
  has_padding_ = gzip_->has_padding();
  return count;
}

size_t CompressedInput::ReadBlocks(std::span<char> buffer) {
  constexpr int kEnd = -1;
  size_t filled = 0;
  while (filled < buffer.size() && !has_padding_) {
    const int next = bgzf_peek(blocks_);
    if (next == kEnd) {
      CheckLastBlock();
      break;
    }
    if (next < kEnd) {
      has_padding_ = is_bgzip_ && OnlyPaddingFollows();
      if (has_padding_) break;
      Fail("{}: {}", name_, is_bgzip_ ? "corrupt or truncated compressed data" : "cannot read: " + SystemError());
    }
    // No more than the block has: a failure in the next one would hide what was read before it.
    const auto available = static_cast<size_t>(blocks_->block_length - blocks_->block_offset);
    const size_t wanted = std::min(available, buffer.size() - filled);
    if (bgzf_read(blocks_, buffer.data() + filled, wanted) != static_cast<ssize_t>(wanted))
      Fail("{}: cannot read: {}", name_, SystemError());
    filled += wanted;
  }
  return filled;
}

/// bgzip ends in an empty block: without it, whole blocks are missing.
void CompressedInput::CheckLastBlock() const {
  constexpr int kBlocks = 2;  // plain gzip may follow the blocks
  if (bgzf_compression(blocks_) == kBlocks && bgzf_check_EOF(blocks_) == 0)
    Fail("{}: truncated: expected the end-of-file block of bgzip", name_);
}

/// Whether the file has nothing but its end-of-file block and zeros from the block on that could not be read.
bool CompressedInput::OnlyPaddingFollows() const {
  std::ifstream rest(path_, std::ios::binary);
  rest.seekg(blocks_->block_address);
  std::string marker(kBgzipEnd.size(), '\0');
  if (!rest.read(marker.data(), static_cast<std::streamsize>(marker.size())) || marker != kBgzipEnd) return false;
  std::string zeros(1 << 16, '\0');
  while (rest) {
    rest.read(zeros.data(), static_cast<std::streamsize>(zeros.size()));
    if (!std::all_of(zeros.begin(), zeros.begin() + rest.gcount(), [](char c) { return c == '\0'; })) return false;
  }
  return true;
}

std::vector<std::string> CompressedInput::Notes() const {
  if (!has_padding_) return {};
  return {fmt::format("{}: zeros follow the compressed data and are passed over", name_)};
}

double CompressedInput::Progress(size_t pending) const {
  if (bytes_ <= 0) return -1;
  const double used = delivered_ > 0 ? 1 - static_cast<double>(pending) / delivered_ : 0;
  return std::min(1.0, used * static_cast<double>(htell(file_)) / bytes_);
}

}  // namespace agront::formats
