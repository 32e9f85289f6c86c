// SPDX-License-Identifier: Apache-2.0
// Insertions and deletions at random places of a genome, which say what is expected of any of their length.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/variants/strand.h"
#include "genome/variant.h"

namespace agront::data {

struct RandomIndel {
  std::string sequence;
  genome::Change change;  ///< at its leftmost place, as those of variants are
};

/// `count` changes that take out `deleted` bases and put in `inserted` ones, which stand elsewhere in the genome. Each
/// place is as likely as another, except near N and the ends of sequences: `margin` bases on each side are known. The
/// same genome and numbers give the same changes. Fewer where places are hard to find, none where there are none.
std::vector<RandomIndel> RandomIndels(GenomeBases& genome, int64_t deleted, int64_t inserted, int64_t margin,
                                      int count);

}  // namespace agront::data
