// SPDX-License-Identifier: Apache-2.0
#include "formats/variants/bgzip_writer.h"

#include <htslib/bgzf.h>

#include <vector>

#include "base/error.h"
#include "base/parallel.h"
#include "formats/sequences/bgzip_blocks.h"

namespace agront::formats {

std::string BgzipBlocks(std::string_view bytes) {
  constexpr size_t kBlock = 0xFF00;  // as bgzip fills them: it stays below 64 kB when nothing can be compressed
  constexpr int kDefaultLevel = -1;
  std::vector<std::string> blocks((bytes.size() + kBlock - 1) / kBlock);
  ParallelFor(static_cast<int64_t>(blocks.size()), [&](int64_t i) {
    const std::string_view part = bytes.substr(static_cast<size_t>(i) * kBlock, kBlock);
    std::string& block = blocks[static_cast<size_t>(i)];
    size_t size = static_cast<size_t>(kMostBgzipBytes);
    block.resize(size);
    if (bgzf_compress(block.data(), &size, part.data(), part.size(), kDefaultLevel) != 0)
      Fail("bgzip: cannot compress {} bytes", part.size());
    block.resize(size);
  });
  std::string all;
  for (const std::string& block : blocks) all += block;
  return all;
}

}  // namespace agront::formats
