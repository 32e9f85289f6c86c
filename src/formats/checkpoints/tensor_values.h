// SPDX-License-Identifier: Apache-2.0
// Making TensorValues: views on mapped pages, or memory of their own.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/mapped_file.h"
#include "formats/checkpoints/tensor_archive.h"

namespace agront::formats {

/// `count` float32 values that are not set yet. Throws Error beginning with `place` when there is no memory.
std::shared_ptr<float[]> AllocateFloats(std::string_view place, int64_t count);

/// Throws Error beginning with `place` for a format that is not floating-point.
void RequireFloating(std::string_view place, const TensorEntry& entry);

/// Bytes of a file that is mapped; `file` may be null when somebody else keeps them.
TensorBytes View(std::span<const std::byte> bytes, std::shared_ptr<const MappedFile> file);

/// The values of a tensor whose `bytes` (row-major or as `strides` say) are in memory already: a view when
/// they are aligned float32, else converted. `file` owns the bytes and gets its pages back; null when nobody
/// needs to.
TensorValues ViewOrConvert(std::string_view place, const TensorEntry& entry, std::vector<int64_t> strides,
                           std::span<const std::byte> bytes, std::shared_ptr<const MappedFile> file);

}  // namespace agront::formats
