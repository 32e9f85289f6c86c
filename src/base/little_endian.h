// SPDX-License-Identifier: Apache-2.0
// Included by whoever reads or writes numbers as they stand in memory: safetensors, PyTorch, npz, corpora, events. All
// of these are little-endian.
#pragma once

#include <bit>

namespace agront {

static_assert(std::endian::native == std::endian::little, "files are read and written as numbers stand in memory");

}  // namespace agront
