// SPDX-License-Identifier: Apache-2.0
// Batches as the tools that compare with PyTorch write them: the number of sequences, and of each its length and
// tokens.
#pragma once

#include <cstdint>
#include <istream>
#include <vector>

#include "agront/forward.h"

namespace agront {

/// Leaves the stream failed where a number is missing.
inline Batch ReadBatch(std::istream& file) {
  Batch batch;
  size_t sequences = 0;
  file >> sequences;
  for (size_t s = 0; s < sequences && file; ++s) {
    size_t length = 0;
    file >> length;
    std::vector<int32_t> tokens(length);
    for (int32_t& token : tokens) file >> token;
    batch.Add(tokens);
  }
  return batch;
}

}  // namespace agront
