// SPDX-License-Identifier: Apache-2.0
// A window of a pretraining corpus.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace agront::formats {

enum class Part : uint8_t { kTraining = 0, kValidation = 1 };

/// Where a window comes from and which part of the corpus it belongs to.
struct WindowPlace {
  uint32_t sequence = 0;  ///< number of the sequence in its species
  uint64_t start = 0;     ///< first base in that sequence, 0-based
  Part part = Part::kTraining;
  uint16_t fold = 0;
};

struct Window {
  std::string bases;             ///< A C G T N, upper case
  std::vector<uint8_t> repeats;  ///< for each base whether a repeat covers it; empty when none does
};

}  // namespace agront::formats
