// SPDX-License-Identifier: Apache-2.0
// Bytes as blocks of bgzip.
#pragma once

#include <string>
#include <string_view>

namespace agront::formats {

/// Compresses over the calling thread's threads; the blocks depend on the bytes alone. Blocks of several calls, one
/// behind the other, are a file when kBgzipEnd (bgzip_blocks.h) follows.
std::string BgzipBlocks(std::string_view bytes);

}  // namespace agront::formats
