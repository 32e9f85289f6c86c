// SPDX-License-Identifier: Apache-2.0
// 64-bit hashes that are the same in every run and on every machine.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace agront::data {

/// A hash of the text and a seed.
uint64_t HashText(std::string_view text, uint64_t seed);

/// A hash of a sequence, the same for its reverse complement.
uint64_t HashEitherStrand(const std::string& bases, uint64_t seed);

}  // namespace agront::data
