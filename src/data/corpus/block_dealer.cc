// SPDX-License-Identifier: Apache-2.0
#include "data/corpus/block_dealer.h"

#include <fmt/format.h>

#include "base/philox.h"
#include "base/sha256.h"

namespace agront::data {

void BlockDealer::BeginSequence(const std::string& species, const std::string& sequence) {
  // Names cannot hold a newline, so that no two pairs give the same text.
  sequence_ = fmt::format("{}\n{}\n{}\n", seed_, species, sequence);
  last_block_ = -1;
}

Deal BlockDealer::OfBlock(int64_t block) {
  constexpr int kHexBase = 16;
  constexpr size_t kWordDigits = 8;
  if (block == last_block_) return last_deal_;
  Sha256 hash;
  hash.Update(sequence_ + std::to_string(block));
  const std::string digits = hash.Hex();
  const auto word = [&](size_t i) {
    return static_cast<uint32_t>(std::stoul(digits.substr(i * kWordDigits, kWordDigits), nullptr, kHexBase));
  };
  last_block_ = block;
  last_deal_.part = UnitInterval(word(0)) < training_share_ ? formats::Part::kTraining : formats::Part::kValidation;
  last_deal_.fold = static_cast<uint16_t>(Below(static_cast<uint32_t>(folds_), word(1)));
  return last_deal_;
}

std::optional<Deal> BlockDealer::OfBases(int64_t start, int64_t end) {
  const Deal deal = OfBlock(start / block_bases_);
  for (int64_t block = start / block_bases_ + 1; block * block_bases_ < end; ++block)
    if (OfBlock(block) != deal) return std::nullopt;
  return deal;
}

}  // namespace agront::data
