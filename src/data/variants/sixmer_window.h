// SPDX-License-Identifier: Apache-2.0
// Windows with masked 6-mers that hold whole changes: around one of them, or shared by many.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "data/variants/strand.h"
#include "tokenizer/vocabulary.h"

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

/// Whole 6-mers side by side, over bases [start, end) of the forward strand.
struct SixmerWindow {
  int64_t start = 0;
  int64_t end = 0;

  /// The index of the 6-mer at `place` among the tokens of a strand, behind <cls>.
  size_t TokenAt(int64_t place, bool reverse) const {
    return static_cast<size_t>((reverse ? end - place : place - start + tokenizer::kKmerLength) /
                               tokenizer::kKmerLength);
  }
  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 takes the 0 that "<" compares the result with for a pointer
  auto operator<=>(const SixmerWindow&) const = default;
};

/// The window of up to `sixmers` 6-mers, an odd number, with the one at `place` in its middle, of a sequence of
/// `length` bases; shorter on a side where the sequence ends.
SixmerWindow WindowAround(int64_t place, int64_t length, int64_t sixmers);

/// The window that many places share: 6-mers that begin where the one at `place` does, a multiple of six bases away,
/// are counted from the sequence's left end, and each half window of them has one window around it, with a quarter more
/// on each side, as far as the sequence goes. So it depends on nothing else that is scored.
SixmerWindow SharedWindow(int64_t place, int64_t length, int64_t sixmers);

/// The number, from 0, of the 6-mer at `place` among those that begin a multiple of six bases away.
inline int64_t NumberOfSixmer(int64_t place) { return place / tokenizer::kKmerLength; }

/// The window's tokens on a strand.
std::vector<int32_t> TokensOf(const Strand& strand, const SixmerWindow& window);

}  // namespace agront::data
