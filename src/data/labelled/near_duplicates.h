// SPDX-License-Identifier: Apache-2.0
// Which of many sequences share most with another one.
//
// Sequences are compared by their different 16-mers on either strand, those without N. Random sequences share next to
// none; of sequences that differ by single bases, a share p identical, p^16 of them are shared.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "data/labelled/labelled_set.h"

namespace agront::data {

inline constexpr int kNearMer = 16;

/// The different 16-mers of a sequence as hashes, in order; that of a 16-mer is that of its reverse complement.
std::vector<uint64_t> NearMers(const std::string& bases);

/// The share of the smaller list that is in the other one; 0 when it is empty. Both in order.
double SharedOf(std::span<const uint64_t> a, std::span<const uint64_t> b);

struct Nearest {
  int64_t other = -1;  ///< -1: nothing shares enough
  double shared = 0;
};

/// For each of `queries` the one of `others` that shares most, when that is at least `near_share`. Candidates come from
/// an index of some 16-mers of each other sequence, so a pair may be missed: of sequences of one length that share a
/// quarter, one in a hundred; of those that are 95 % identical, two in 100,000. From a 16-mer that many sequences have,
/// 64 are looked at. Near-linear time; about 300 MB of memory, whatever the sets: others are indexed in pieces.
std::vector<Nearest> FindNearest(const LabelledSet& set, std::span<const int64_t> queries,
                                 std::span<const int64_t> others, double near_share);

}  // namespace agront::data
