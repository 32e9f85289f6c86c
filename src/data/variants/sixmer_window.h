// SPDX-License-Identifier: Apache-2.0
// Windows around one masked 6-mer that holds a whole change, cut into 6-mers outwards from it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "data/variants/strand.h"

namespace agront::data {

/// <cls>, then each whole 6-mer of the bases (A C G T N). One with N is one token N: so the 6-mers behind it begin
/// where they would without it.
std::vector<int32_t> SixmerTokens(std::string_view bases);

/// Where the 6-mers begin that hold all of a substitution of 1 to 6 bases, lie inside the sequence and have no N: a
/// strand has the same ones as the other. Rising.
std::vector<int64_t> PlacesOf(GenomeBases& genome, const std::string& sequence, const genome::Change& change);

/// The one of them for a score at one place: the change of n bases begins at offset (7 - n) / 2 of the 6-mer, rounded
/// down, or as near to that as one of the places is; of two as near the left one. Nothing when there are none.
std::optional<int64_t> PlaceOf(const std::vector<int64_t>& places, const genome::Change& change);

struct SixmerWindow {
  std::vector<int32_t> ids;  ///< the 6-mer in the middle is not masked yet
  size_t middle = 0;         ///< its index
};

/// The window of up to `sixmers` 6-mers, an odd number, with the one at `place` in its middle; shorter on a side where
/// the sequence ends.
SixmerWindow WindowAround(const Strand& strand, int64_t place, int64_t sixmers);

}  // namespace agront::data
