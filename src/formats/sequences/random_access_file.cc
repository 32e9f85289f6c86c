// SPDX-License-Identifier: Apache-2.0
#include "formats/sequences/random_access_file.h"

#include <htslib/bgzf.h>
#include <htslib/hfile.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "base/error.h"
#include "base/open_failure.h"
#include "formats/sequences/wrong_index.h"

namespace agront::formats {
namespace {

std::string Beginning(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string begin(kBgzipHeader, '\0');
  file.read(begin.data(), static_cast<std::streamsize>(begin.size()));
  begin.resize(static_cast<size_t>(file.gcount()));
  return begin;
}

}  // namespace

bool IsPlainGzip(const std::string& path) {
  const std::string begin = Beginning(path);
  return begin.starts_with("\x1F\x8B") && BgzipBlockSize(begin) == 0;
}

RandomAccessFile::RandomAccessFile(const std::string& path) : path_(path) {
  if (IsPlainGzip(path)) Fail("{}: expected a plain or bgzip file, got gzip", path);
  file_ = hopen(path.c_str(), "r");
  if (file_ == nullptr) FailToOpen(path);
  try {
    size_ = static_cast<int64_t>(std::filesystem::file_size(path));
    if (BgzipBlockSize(Beginning(path)) == 0) return;
    bgzip_ = bgzf_open(path.c_str(), "r");
    if (bgzip_ == nullptr) FailToOpen(path);
    if (!UseGzi()) FindBlocks();
  } catch (...) {
    hclose_abruptly(file_);
    if (bgzip_ != nullptr) bgzf_close(bgzip_);
    throw;
  }
}

RandomAccessFile::~RandomAccessFile() {
  hclose_abruptly(file_);
  if (bgzip_ != nullptr) bgzf_close(bgzip_);
}

/// Whether there is a .gzi that may be right. Its last block and those behind it are followed to the file's end.
bool RandomAccessFile::UseGzi() {
  const std::string gzi = path_ + ".gzi";
  std::error_code missing;
  if (!std::filesystem::exists(gzi, missing)) return false;
  try {
    blocks_ = ReadGzi(gzi, size_);
    FollowBlocks(file_, path_, blocks_);
  } catch (const Error& error) {
    note_ = fmt::format("{} is not used: {}", gzi, error.what());
    return false;
  }
  size_ = blocks_.back().uncompressed;
  uses_gzi_ = true;
  return true;
}

void RandomAccessFile::FindBlocks() {
  if (bgzip_ == nullptr) return;
  blocks_ = {{0, 0}};
  FollowBlocks(file_, path_, blocks_);
  size_ = blocks_.back().uncompressed;
  uses_gzi_ = false;
  loaded_ = 0;
}

std::string RandomAccessFile::Read(int64_t start, int64_t end) {
  if (bgzip_ == nullptr) return ReadPlain(start, end);
  std::string bytes;
  bytes.reserve(static_cast<size_t>(end - start));
  auto index = static_cast<size_t>(std::ranges::upper_bound(blocks_, start, {}, &BgzipBlock::uncompressed) -
                                   blocks_.begin() - 1);
  for (; start < end; ++index) {
    LoadBlock(index);
    const int64_t stop = std::min(end, blocks_[index + 1].uncompressed);
    bytes.append(block_, static_cast<size_t>(start - blocks_[index].uncompressed), static_cast<size_t>(stop - start));
    start = stop;
  }
  return bytes;
}

std::string RandomAccessFile::ReadPlain(int64_t start, int64_t end) {
  std::string bytes(static_cast<size_t>(end - start), '\0');
  const ssize_t got = hseek(file_, start, SEEK_SET) < 0 ? -1 : hread(file_, bytes.data(), bytes.size());
  if (got < 0) Fail("{}: cannot read: {}", path_, SystemError());
  if (got != end - start)
    Fail("{}: expected bytes {} to {}, got an end: is the file being changed?", path_, start, end);
  return bytes;
}

/// Whether nothing but ends of bgzip files lies between two places: files joined by `cat` have them inside, and htslib
/// leaves them out of a .gzi.
bool RandomAccessFile::OnlyEmptyBlocks(int64_t start, int64_t end) {
  for (; start < end; start += static_cast<int64_t>(kBgzipEnd.size()))
    if (ReadPlain(start, std::min(end, start + static_cast<int64_t>(kBgzipEnd.size()))) != kBgzipEnd) return false;
  return start == end;
}

/// Whether a block of as many bytes as block_ has, no more and no fewer, lies between two places.
bool RandomAccessFile::ReadBlock(int64_t start, int64_t end) {
  constexpr int kOffsetBits = 16;  // of a place within a block, in htslib's addresses
  if (bgzf_seek(bgzip_, start << kOffsetBits, SEEK_SET) < 0) return false;
  if (bgzf_read(bgzip_, block_.data(), block_.size()) != static_cast<ssize_t>(block_.size())) return false;
  const int64_t behind = bgzf_tell(bgzip_);
  return behind % (int64_t{1} << kOffsetBits) == 0 && OnlyEmptyBlocks(behind >> kOffsetBits, end);
}

/// Decompresses a block, which has to be as long, before and after, as the places of this one and the next say.
void RandomAccessFile::LoadBlock(size_t index) {
  if (loaded_ == index + 1) return;
  loaded_ = 0;
  const BgzipBlock& block = blocks_[index];
  const BgzipBlock& next = blocks_[index + 1];
  block_.resize(static_cast<size_t>(next.uncompressed - block.uncompressed));
  if (!block_.empty() && !ReadBlock(block.compressed, next.compressed)) {
    if (uses_gzi_)
      throw WrongGzi(fmt::format("no block lies from byte {} to {} of the file", block.compressed, next.compressed));
    Fail("{}: corrupt compressed data at byte {}", path_, block.compressed);
  }
  loaded_ = index + 1;
}

}  // namespace agront::formats
