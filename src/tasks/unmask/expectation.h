// SPDX-License-Identifier: Apache-2.0
// The model's probabilities for one mask, and its rows of the table.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "agront/unmask.h"
#include "data/entry_reader.h"
#include "formats/tables/table_writer.h"

namespace agront::tasks {

/// The part of the probabilities that is written: the most probable 6-mers, or those of bases.
struct Expectation {
  struct Kmer {
    int32_t id;
    float probability;
  };
  std::vector<Kmer> most_probable;                  ///< in falling order, not with per_base
  float true_probability = 0;                       ///< of the 6-mer that stands there, where it is known
  std::array<std::array<double, 4>, 6> of_bases{};  ///< [position][A, C, G, T], with per_base
};

/// The columns of the table.
std::vector<std::string> UnmaskColumns(const UnmaskOptions& options);

/// `probabilities` are over the vocabulary; `id` is the token that stands there, perhaps <mask>.
Expectation Expect(const UnmaskOptions& options, std::span<const float> probabilities, int32_t id);

/// Token number `token` of an entry: a row for each of its most probable 6-mers, or for each of its six bases.
void WriteExpectation(const UnmaskOptions& options, const data::Entry& entry, size_t token,
                      const Expectation& expectation, formats::TableWriter& table);

}  // namespace agront::tasks
