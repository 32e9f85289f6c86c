// SPDX-License-Identifier: Apache-2.0
// Which part of a corpus a stretch of a genome belongs to.
//
// Sequences are cut into blocks, of 1 Mb if nobody asks for others, and each block goes to a part by a hash of seed,
// species, sequence and number of the block: no list is kept, and a genome added later moves nothing. A window belongs
// to a part when all its blocks do; so windows that share bases are never in different parts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "formats/corpus/window.h"

namespace agront::data {

inline constexpr int64_t kBlockBases = 1'000'000;

struct Deal {
  formats::Part part = formats::Part::kTraining;
  uint16_t fold = 0;
  bool operator==(const Deal&) const = default;
};

/// Thread safety: none; the deals of a sequence's last blocks are remembered.
class BlockDealer {
 public:
  /// 0 <= training_share <= 1, 1 <= folds <= 65,535, block_bases >= 1.
  BlockDealer(uint64_t seed, double training_share, int folds, int64_t block_bases = kBlockBases)
      : seed_(seed), training_share_(training_share), folds_(folds), block_bases_(block_bases) {}

  /// The sequence that the next calls are about.
  void BeginSequence(const std::string& species, const std::string& sequence);

  Deal OfBlock(int64_t block);

  /// The deal of bases [start, end); nothing when they lie in blocks that were dealt differently.
  std::optional<Deal> OfBases(int64_t start, int64_t end);

 private:
  uint64_t seed_;
  double training_share_;
  int folds_;
  int64_t block_bases_;
  std::string sequence_;
  int64_t last_block_ = -1;
  Deal last_deal_;
};

}  // namespace agront::data
