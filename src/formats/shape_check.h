// SPDX-License-Identifier: Apache-2.0
// Arithmetic on shapes that come from files: every product and sum is checked for overflow.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace agront::formats {

/// The most elements that a tensor of a file may have: their bytes still fit a signed 64-bit offset.
inline constexpr int64_t kMaxElements = int64_t{1} << 58;

/// The product of `shape`; 1 for no dimensions. Throws Error beginning with `place` when a dimension is
/// negative or the product exceeds kMaxElements (a zero elsewhere in the shape does not excuse that).
int64_t CountElements(std::string_view place, std::span<const int64_t> shape);

/// How far beyond the first element the last one lies, plus one: the elements that a storage must have.
/// 0 for a tensor without elements. Throws Error beginning with `place` when ranks differ, a stride is
/// negative, or the extent exceeds kMaxElements.
int64_t CountExtent(std::string_view place, std::span<const int64_t> shape, std::span<const int64_t> strides);

/// Strides in elements where the last index is the fastest. `shape` has passed CountElements.
std::vector<int64_t> RowMajorStrides(std::span<const int64_t> shape);

/// Strides in elements where the first index is the fastest. `shape` has passed CountElements.
std::vector<int64_t> ColumnMajorStrides(std::span<const int64_t> shape);

}  // namespace agront::formats
