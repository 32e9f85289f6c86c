// SPDX-License-Identifier: Apache-2.0
#include "data/corpus/seen_windows.h"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <string>

#include "formats/corpus/base_code.h"
#include "genome/nucleotide.h"

namespace agront::data {
namespace {

uint64_t Hash(const std::string& letters) {
  std::vector<uint8_t> codes;
  for (const char letter : letters) codes.push_back(formats::kBaseCodes[static_cast<unsigned char>(letter)]);
  return HashEitherStrand(codes);
}

std::string RandomBases(size_t length, std::mt19937& random) {
  std::string text;
  while (text.size() < length) text += "ACGTN"[random() % 5];
  return text;
}

TEST(SeenWindows, BothStrandsAreOne) {
  std::mt19937 random(1);
  for (size_t length = 1; length < 40; ++length) {
    const std::string text = RandomBases(length, random);
    std::string other = text;
    genome::ReverseComplement(other);
    EXPECT_EQ(Hash(text), Hash(other)) << text;
    std::string lower = text;
    for (char& letter : lower) letter = static_cast<char>(letter + 'a' - 'A');
    EXPECT_EQ(Hash(text), Hash(lower)) << text;
  }
}

TEST(SeenWindows, EveryBaseCounts) {
  std::mt19937 random(2);
  const std::string text = RandomBases(37, random);
  std::set<uint64_t> hashes = {Hash(text)};
  size_t expected = 1;
  for (size_t at = 0; at < text.size(); ++at)
    for (const char base : std::string("ACGTN")) {
      if (base == text[at]) continue;
      std::string changed = text;
      changed[at] = base;
      hashes.insert(Hash(changed));
      ++expected;
    }
  EXPECT_EQ(hashes.size(), expected);
  EXPECT_NE(Hash("A"), Hash("AA"));
  EXPECT_NE(Hash("NA"), Hash("NN"));
}

TEST(SeenWindows, KnowsWhatItSaw) {
  SeenWindows seen;
  std::mt19937_64 random(3);
  std::vector<uint64_t> hashes = {0, 1024, 2048, ~uint64_t{0}};  // collide in a small table
  for (int i = 0; i < 100'000; ++i) hashes.push_back(random());
  for (const uint64_t hash : hashes) EXPECT_TRUE(seen.Add(hash));
  for (const uint64_t hash : hashes) EXPECT_FALSE(seen.Add(hash));
}

}  // namespace
}  // namespace agront::data
