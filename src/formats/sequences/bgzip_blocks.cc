// SPDX-License-Identifier: Apache-2.0
#include "formats/sequences/bgzip_blocks.h"

#include <htslib/hfile.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "base/error.h"
#include "formats/sequences/wrong_index.h"

namespace agront::formats {
namespace {

uint64_t LittleEndian(std::string_view bytes) {
  uint64_t value = 0;
  for (size_t i = bytes.size(); i > 0; --i) value = value << 8 | static_cast<unsigned char>(bytes[i - 1]);
  return value;
}

/// Up to `count` bytes, fewer at the end of the file.
std::string ReadAt(hFILE* file, const std::string& path, int64_t offset, size_t count) {
  std::string bytes(count, '\0');
  const ssize_t got = hseek(file, offset, SEEK_SET) < 0 ? -1 : hread(file, bytes.data(), count);
  if (got < 0) Fail("{}: cannot read: {}", path, SystemError());
  bytes.resize(static_cast<size_t>(got));
  return bytes;
}

bool OnlyZerosFollow(hFILE* file, const std::string& path, int64_t offset) {
  constexpr size_t kPiece = 1 << 16;
  for (;;) {
    const std::string bytes = ReadAt(file, path, offset, kPiece);
    if (bytes.find_first_not_of('\0') != std::string::npos) return false;
    if (bytes.size() < kPiece) return true;
    offset += static_cast<int64_t>(kPiece);
  }
}

}  // namespace

int64_t BgzipBlockSize(std::string_view header) {
  // The one layout that htslib reads, too: no name, no other extra field.
  constexpr std::string_view kMagic("\x1F\x8B\x08\x04", 4);
  constexpr std::string_view kExtra("\x06\0BC\x02\0", 6);
  if (header.size() < kBgzipHeader || !header.starts_with(kMagic) || header.substr(10, 6) != kExtra) return 0;
  const auto size = static_cast<int64_t>(LittleEndian(header.substr(16, 2))) + 1;
  return size > static_cast<int64_t>(kBgzipHeader) + 8 ? size : 0;  // checksum and length end a block
}

std::vector<BgzipBlock> ReadGzi(const std::string& path, int64_t file_bytes) {
  std::ifstream file(path, std::ios::binary);
  const auto number = [&] {
    std::string bytes(8, '\0');
    if (!file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()))) FailIndex("it cannot be read");
    return LittleEndian(bytes);
  };
  const uint64_t count = number();
  std::error_code unknown;
  if (count > static_cast<uint64_t>(file_bytes) / kBgzipEnd.size() ||
      std::filesystem::file_size(path, unknown) != 8 + 16 * count)
    FailIndex("its length is not that of {} blocks", count);
  std::vector<BgzipBlock> blocks = {{0, 0}};
  for (uint64_t i = 0; i < count; ++i) {
    const uint64_t compressed = number();
    const uint64_t uncompressed = number();
    const auto [last_compressed, last_uncompressed] = blocks.back();
    const bool goes_on = compressed > static_cast<uint64_t>(last_compressed) &&
                         compressed < static_cast<uint64_t>(file_bytes) &&
                         uncompressed >= static_cast<uint64_t>(last_uncompressed) &&
                         uncompressed <= static_cast<uint64_t>(last_uncompressed + kMostBgzipBytes);
    if (!goes_on)
      FailIndex("its block {} begins at byte {} of the file and {} of the text", i + 1, compressed, uncompressed);
    blocks.push_back({static_cast<int64_t>(compressed), static_cast<int64_t>(uncompressed)});
  }
  return blocks;
}

void FollowBlocks(hFILE* file, const std::string& path, std::vector<BgzipBlock>& blocks) {
  for (;;) {
    const BgzipBlock block = blocks.back();
    const std::string begin = ReadAt(file, path, block.compressed, kBgzipEnd.size());
    if (begin.empty()) Fail("{}: truncated: expected the end-of-file block of bgzip", path);
    const int64_t size = BgzipBlockSize(begin);
    if (size == 0) Fail("{}: corrupt or truncated: expected a block of bgzip at byte {}", path, block.compressed);
    const int64_t next = block.compressed + size;
    if (begin == kBgzipEnd && OnlyZerosFollow(file, path, next)) return;
    const std::string length = ReadAt(file, path, next - 4, 4);
    if (length.size() < 4) Fail("{}: truncated: its last block of bgzip is not whole", path);
    const auto bytes = static_cast<int64_t>(LittleEndian(length));
    if (bytes > kMostBgzipBytes) Fail("{}: corrupt: a block of bgzip has {} bytes", path, bytes);
    blocks.push_back({next, block.uncompressed + bytes});
  }
}

}  // namespace agront::formats
