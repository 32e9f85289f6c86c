// SPDX-License-Identifier: Apache-2.0
// Products are made for a few numbers of rows only, because the library compiles a kernel for each.
#pragma once

#include <cstdint>

namespace agront::ops {

/// The number of rows, at least `rows`, that a product of `rows` rows reads and writes.
int64_t PaddedRows(int64_t rows);

/// Larger products are done in parts of this many rows.
inline constexpr int64_t kMostProductRows = 4096;

}  // namespace agront::ops
