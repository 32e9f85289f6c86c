// SPDX-License-Identifier: Apache-2.0
// A zlib stream as a file that can be read from anywhere.
#pragma once

#include <memory>

#include "base/mapped_file.h"

namespace agront::formats {

/// Inflates a file that is one zlib stream (not gzip) into a temporary file and maps that; its path() says so. What
/// the stream holds is needed out of order and more than once, and may be larger than memory. Uses as much disk as the
/// stream holds, in the system's folder for temporary files (TMPDIR). Throws Error when the stream is cut or corrupt,
/// when bytes follow it, or when the disk is full.
std::shared_ptr<const MappedFile> InflateFile(const MappedFile& file);

}  // namespace agront::formats
