// SPDX-License-Identifier: Apache-2.0
#include "data/labelled/bases_hash.h"

#include <algorithm>
#include <cstring>

#include "base/philox.h"
#include "genome/nucleotide.h"

namespace agront::data {

uint64_t HashText(std::string_view text, uint64_t seed) {
  // A chain of Philox blocks, eight bytes each; the length goes first, as the last block is filled up with zeros.
  const auto mix = [&](uint64_t state, uint64_t word) {
    const Philox block{.key = {static_cast<uint32_t>(seed), static_cast<uint32_t>(seed >> 32)},
                       .counter = {static_cast<uint32_t>(state), static_cast<uint32_t>(state >> 32),
                                   static_cast<uint32_t>(word), static_cast<uint32_t>(word >> 32)}};
    const auto words = block();
    return uint64_t{words[0]} << 32 | words[1];
  };
  uint64_t state = mix(0, text.size());
  for (size_t at = 0; at < text.size(); at += sizeof(uint64_t)) {
    uint64_t word = 0;
    std::memcpy(&word, text.data() + at, std::min(sizeof(word), text.size() - at));
    state = mix(state, word);
  }
  return state;
}

uint64_t HashEitherStrand(const std::string& bases, uint64_t seed) {
  std::string other = bases;
  genome::ReverseComplement(other);
  return HashText(std::min(bases, other), seed);
}

}  // namespace agront::data
