// SPDX-License-Identifier: Apache-2.0
#include "data/entry_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "base/error.h"
#include "tokenizer/vocabulary.h"

namespace agront::data {
namespace {

/// Records from memory, given in pieces of at most `piece` bases.
class MemoryReader : public formats::SequenceReader {
 public:
  MemoryReader(std::vector<std::string> records, size_t piece) : records_(std::move(records)), piece_(piece) {}
  bool NextRecord(std::string& name) override {
    if (next_ == records_.size()) return false;
    name = "r" + std::to_string(next_++);
    at_ = 0;
    return true;
  }
  bool ReadBases(size_t wanted, std::string& bases) override {
    const std::string& record = records_[next_ - 1];
    const size_t count = std::min({wanted - bases.size(), piece_, record.size() - at_});
    bases.append(record, at_, count);
    at_ += count;
    return at_ < record.size();
  }
  std::string Place() const override { return "memory"; }
  const formats::LetterCounts& counts() const override { return counts_; }
  double Progress() const override { return -1; }

 private:
  std::vector<std::string> records_;
  size_t piece_;
  size_t next_ = 0;
  size_t at_ = 0;
  formats::LetterCounts counts_;
};

std::vector<Entry> Entries(std::vector<std::string> records, int64_t max_tokens, int64_t overlap, size_t piece = 1000) {
  EntryReader reader(std::make_unique<MemoryReader>(std::move(records), piece), max_tokens, overlap);
  std::vector<Entry> entries;
  for (Entry entry; reader.Next(entry);) entries.push_back(entry);
  return entries;
}

std::string RandomBases(size_t count, uint64_t seed, std::string_view alphabet = "ACGT") {
  std::mt19937_64 random(seed);
  std::string bases;
  for (size_t i = 0; i < count; ++i) bases += alphabet[random() % alphabet.size()];
  return bases;
}

TEST(EntryReader, GivesAShortRecordWhole) {
  const auto entries = Entries({"ACGTACG", "N"}, 10, 0);
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[0].name, "r0");
  EXPECT_EQ(entries[0].start, 0);
  EXPECT_EQ(entries[0].end, 7);
  EXPECT_EQ(entries[1].record, 1);
  EXPECT_EQ(entries[1].tokens.size(), 2u);
}

TEST(EntryReader, TakesWhatExactlyFits) {
  EXPECT_EQ(Entries({RandomBases(9 * 6, 1)}, 10, 3).size(), 1u);
  const auto entries = Entries({RandomBases(9 * 6 + 1, 1)}, 10, 0);
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[0].end, 54);
  EXPECT_EQ(entries[1].start, 54);
  EXPECT_EQ(entries[1].end, 55);
}

TEST(EntryReader, CoversTheRecordWithTheOverlap) {
  for (const char* alphabet : {"ACGT", "ACGTN", "N"}) {
    for (const int64_t overlap : {0, 1, 5, 8}) {
      const std::string record = RandomBases(500, 3, alphabet);
      const auto entries = Entries({record}, 10, overlap, 7);
      std::string covered;
      int64_t end = 0;
      for (const Entry& entry : entries) {
        EXPECT_EQ(entry.start, std::max<int64_t>(0, end - overlap));
        EXPECT_LE(entry.tokens.size(), 10u);
        const std::string bases = tokenizer::Decode(entry.tokens.ids);
        EXPECT_EQ(bases, record.substr(entry.start, entry.end - entry.start));
        end = entry.end;
      }
      EXPECT_EQ(end, 500) << alphabet << overlap;
    }
  }
}

TEST(EntryReader, NeverCutsAMask) {
  std::string record = "ACG";
  for (int i = 0; i < 50; ++i) record += "??????";
  record += "ACGT";
  for (int64_t overlap = 0; overlap < 9; ++overlap) EXPECT_EQ(Entries({record}, 10, overlap).back().end, 307);
}

TEST(EntryReader, AnOverlapOfNearlyAWindowEnds) {
  for (const char* alphabet : {"ACGT", "ACGTN", "N"}) {
    const std::string record = RandomBases(500, 3, alphabet);
    const auto entries = Entries({record}, 10, 53, 7);
    for (size_t i = 1; i < entries.size(); ++i) {
      EXPECT_EQ(entries[i].start,
                std::max(entries[i - 1].end - 53, entries[i - 1].start + entries[i - 1].tokens.end[1]));
      EXPECT_GE(entries[i].end, entries[i - 1].end);
    }
    EXPECT_EQ(entries.back().end, 500);
  }
}

TEST(EntryReader, RefusesAnOverlapOfAWholeWindow) {
  EXPECT_THROW(Entries({"ACGT"}, 10, 54), UsageError);
  EXPECT_THROW(Entries({"ACGT"}, 10, -1), UsageError);
}

TEST(BatchReader, PacksUpToTheBudgetInOrder) {
  EntryReader reader(std::make_unique<MemoryReader>(
                         std::vector<std::string>{"ACGTAC", "ACGTACACGTAC", "A", "C", RandomBases(60, 1)}, 1000),
                     20, 0);
  BatchReader batches(reader, 5);
  EntryBatch packed;
  std::vector<std::vector<int64_t>> offsets;
  while (batches.Next(packed)) offsets.push_back(packed.batch.offsets);
  EXPECT_EQ(offsets, (std::vector<std::vector<int64_t>>{{0, 2, 5}, {0, 2, 4}, {0, 11}}));
}

}  // namespace
}  // namespace agront::data
