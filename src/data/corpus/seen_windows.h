// SPDX-License-Identifier: Apache-2.0
// Which windows were seen before, on either strand: a 64-bit hash of each is kept. Two different windows of a corpus of
// ten million share one with a chance of three in a million; then the later one would be left out.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace agront::data {

/// A hash of the bases, whatever their repeat flags; the same for the reverse complement. `codes` as in base_code.h.
uint64_t HashEitherStrand(std::span<const uint8_t> codes);

/// A set of hashes: 11 to 21 bytes each, and half as much again while it grows.
class SeenWindows {
 public:
  /// Whether the hash is a new one; it is kept.
  bool Add(uint64_t hash);

 private:
  void Grow();
  static bool Insert(uint64_t hash, std::vector<uint64_t>& slots);

  std::vector<uint64_t> slots_;  // 0 is a free one; the size is a power of two
  size_t used_ = 0;
};

}  // namespace agront::data
