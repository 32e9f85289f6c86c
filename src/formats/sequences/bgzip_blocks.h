// SPDX-License-Identifier: Apache-2.0
// The blocks of a bgzip file: gzip members of at most 64 kB, each with its size in its header, and an empty one at the
// end (SAM specification, section 4.1). Where they begin, a .gzi file says, or their headers one after another.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

struct hFILE;

namespace agront::formats {

inline constexpr size_t kBgzipHeader = 18;           ///< bytes before the deflated data of a block
inline constexpr int64_t kMostBgzipBytes = 1 << 16;  ///< of a block, before and after compression

/// The last block of every file, which has nothing in it.
inline constexpr std::string_view kBgzipEnd{
    "\x1F\x8B\x08\x04\0\0\0\0\0\xFF\x06\0\x42\x43\x02\0\x1B\0\x03\0\0\0\0\0\0\0\0\0", 28};

/// Where a block begins.
struct BgzipBlock {
  int64_t compressed = 0;    ///< in the file
  int64_t uncompressed = 0;  ///< in the text
};

/// The bytes of the block that begins with this header, of kBgzipHeader bytes; 0 when it is none.
int64_t BgzipBlockSize(std::string_view header);

/// The blocks that a .gzi file names, the first one among them. Throws WrongIndex when the numbers cannot be those of a
/// file of so many bytes; only the blocks show whether they are.
std::vector<BgzipBlock> ReadGzi(const std::string& path, int64_t file_bytes);

/// Adds the blocks behind the last one by their headers; what is added last is the end of the text. Throws Error, with
/// `path`, where no block stands or the last one is missing.
void FollowBlocks(hFILE* file, const std::string& path, std::vector<BgzipBlock>& blocks);

}  // namespace agront::formats
