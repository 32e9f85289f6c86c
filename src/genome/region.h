// SPDX-License-Identifier: Apache-2.0
// A named stretch of one strand of a sequence.
#pragma once

#include <cstdint>
#include <string>

namespace agront::genome {

struct Region {
  std::string name;
  std::string sequence;  ///< chromosome, contig
  int64_t start = 0;     ///< 0-based, half-open, on the forward strand
  int64_t end = 0;
  bool reverse = false;  ///< read as the reverse complement
};

}  // namespace agront::genome
