// SPDX-License-Identifier: Apache-2.0
#include "data/sliding_windows.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "agront/error.h"

namespace agront::data {
namespace {

class Sequences final : public formats::SequenceReader {
 public:
  explicit Sequences(std::vector<std::string> sequences) : sequences_(std::move(sequences)) {}

  bool NextRecord(std::string& name) override {
    if (next_ == sequences_.size()) return false;
    name = "chr" + std::to_string(next_ + 1);
    rest_ = sequences_[next_++];
    return true;
  }
  bool ReadBases(size_t wanted, std::string& bases) override {
    const size_t taken = bases.size() < wanted ? std::min(wanted - bases.size(), rest_.size()) : 0;
    bases += rest_.substr(0, taken);
    rest_.erase(0, taken);
    return !rest_.empty();
  }
  std::string Place() const override { return "genome.fa:1"; }
  const formats::LetterCounts& counts() const override { return counts_; }
  double Progress() const override { return 0; }

 private:
  std::vector<std::string> sequences_;
  size_t next_ = 0;
  std::string rest_;
  formats::LetterCounts counts_;
};

std::vector<SlidingWindow> All(SlidingWindows& windows) {
  std::vector<SlidingWindow> all;
  for (SlidingWindow window; windows.Next(window);) all.push_back(window);
  return all;
}

TEST(SlidingWindows, AreasCoverEachSequenceOnce) {
  for (const size_t length : {10, 11, 12, 13, 14, 29}) {
    const std::string sequence = std::string("ACGTTGCAACGGTACCATGCATTAGCCGA").substr(0, length);
    SlidingWindows windows(std::make_unique<Sequences>(std::vector{sequence, sequence}), 10, 3);
    int64_t covered = 0;
    std::string name = "chr1";
    for (const SlidingWindow& window : All(windows)) {
      if (window.sequence != name) {
        EXPECT_EQ(covered, length) << name;
        covered = 0;
        name = window.sequence;
      }
      EXPECT_EQ(window.area_start, covered);
      EXPECT_EQ(window.bases, sequence.substr(window.start, 10));
      covered = window.area_end;
    }
    EXPECT_EQ(name, "chr2");
    EXPECT_EQ(covered, length);
  }
}

TEST(SlidingWindows, AreasLieInTheMiddle) {
  SlidingWindows windows(std::make_unique<Sequences>(std::vector{std::string(30, 'A')}), 10, 2);
  const std::vector<SlidingWindow> all = All(windows);
  ASSERT_EQ(all.size(), 11);
  EXPECT_EQ(all[1].start, 2);
  EXPECT_EQ(all[1].area_start, 6);  // 2 + 4
  EXPECT_EQ(all[1].area_end, 8);
}

TEST(SlidingWindows, ShortSequencesAreCounted) {
  SlidingWindows windows(std::make_unique<Sequences>(std::vector<std::string>{"ACG", std::string(10, 'C'), "A"}), 10,
                         5);
  EXPECT_EQ(All(windows).size(), 1);
  EXPECT_EQ(windows.too_short(), 2);
}

TEST(SlidingWindows, RefusesStridesThatLeaveGaps) {
  EXPECT_THROW(SlidingWindows(std::make_unique<Sequences>(std::vector<std::string>{}), 10, 11), UsageError);
  EXPECT_THROW(SlidingWindows(std::make_unique<Sequences>(std::vector<std::string>{}), 10, 0), UsageError);
}

}  // namespace
}  // namespace agront::data
