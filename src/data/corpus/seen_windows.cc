// SPDX-License-Identifier: Apache-2.0
#include "data/corpus/seen_windows.h"

#include <cstring>

#include "formats/corpus/base_code.h"

namespace agront::data {
namespace {

constexpr size_t kWord = sizeof(uint64_t);
constexpr uint64_t kEachByte = 0x0101010101010101;
constexpr uint64_t kBases = kEachByte * (formats::kDigitMask | formats::kUnknownBase);
constexpr uint64_t kMultiplier = 0x9E3779B97F4A7C15;  // 2^64 divided by the golden ratio, odd

uint64_t Mix(uint64_t hash, uint64_t word) {
  hash = (hash ^ word) * kMultiplier;
  return hash ^ hash >> 32;
}

/// The last `count` codes of eight at most, complemented, in reverse order.
uint64_t Complemented(uint64_t word, size_t count) {
  word ^= kEachByte & ~(word >> 2);  // A with T and C with G are 0 with 1 and 2 with 3; the unknown base stays 4
  return __builtin_bswap64(word) >> (8 * (kWord - count));
}

uint64_t Load(const uint8_t* codes, size_t count) {
  uint64_t word = 0;
  std::memcpy(&word, codes, count);
  return word & kBases;
}

}  // namespace

uint64_t HashEitherStrand(std::span<const uint8_t> codes) {
  uint64_t forward = codes.size();
  uint64_t reverse = codes.size();
  size_t i = 0;
  for (; i + kWord <= codes.size(); i += kWord) {
    forward = Mix(forward, Load(codes.data() + i, kWord));
    reverse = Mix(reverse, Complemented(Load(codes.data() + codes.size() - i - kWord, kWord), kWord));
  }
  if (const size_t rest = codes.size() - i; rest > 0) {
    forward = Mix(forward, Load(codes.data() + i, rest));
    reverse = Mix(reverse, Complemented(Load(codes.data(), rest), rest));
  }
  return Mix(0, Mix(0, forward) + Mix(0, reverse));
}

bool SeenWindows::Insert(uint64_t hash, std::vector<uint64_t>& slots) {
  size_t at = hash & (slots.size() - 1);
  while (slots[at] != 0 && slots[at] != hash) at = (at + 1) & (slots.size() - 1);
  if (slots[at] == hash) return false;
  slots[at] = hash;
  return true;
}

void SeenWindows::Grow() {
  constexpr size_t kFewest = 1024;
  std::vector<uint64_t> larger(slots_.empty() ? kFewest : 2 * slots_.size());
  for (const uint64_t hash : slots_)
    if (hash != 0) Insert(hash, larger);
  slots_ = std::move(larger);
}

bool SeenWindows::Add(uint64_t hash) {
  if (4 * (used_ + 1) > 3 * slots_.size()) Grow();
  const bool is_new = Insert(hash == 0 ? 1 : hash, slots_);
  used_ += is_new ? 1 : 0;
  return is_new;
}

}  // namespace agront::data
