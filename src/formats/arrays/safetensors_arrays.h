// SPDX-License-Identifier: Apache-2.0
// Writing arrays that grow side by side into one .safetensors file.
#pragma once

#include <memory>
#include <string>

#include "formats/arrays/array_writer.h"

namespace agront::formats {

/// float32 becomes F32, int64 I64. Text becomes a U8 array `name` with the UTF-8 of all rows and an I64 array
/// `name_offsets` of [rows + 1]: row i is bytes offsets[i] to offsets[i + 1]. The provenance becomes
/// __metadata__. In the file the eight-byte arrays come first, then four, then one, so that all are aligned.
std::unique_ptr<ArrayWriter> CreateSafetensorsArrays(const std::string& path, const ArrayWriterOptions& options);

}  // namespace agront::formats
