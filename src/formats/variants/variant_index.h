// SPDX-License-Identifier: Apache-2.0
// The index beside a sorted file of variants.
#pragma once

#include <string>

#include "formats/variants/variant_encoder.h"

namespace agront::formats {

/// The last positions that indexes can hold, 0-based: TBI, and CSI as it is made here.
inline constexpr int64_t kLastOfTbi = (int64_t{1} << 29) - 2;
inline constexpr int64_t kLastOfCsi = (int64_t{1} << 32) - 2;

/// Removes PATH.tbi and PATH.csi, which are of another file once PATH is written again. Throws Error.
void RemoveVariantIndex(const std::string& path);

/// Makes PATH.tbi, or PATH.csi for BCF and where there are positions beyond TBI's last one; it appears whole. The
/// records must be sorted, and end before CSI's last position. Throws Error when it cannot be made.
void WriteVariantIndex(const std::string& path, VariantFormat format, bool is_beyond_tbi);

}  // namespace agront::formats
