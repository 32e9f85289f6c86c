// SPDX-License-Identifier: Apache-2.0
#include "data/example_windows.h"

#include <gtest/gtest.h>

#include <string>

#include "agront/error.h"
#include "data/labelled/labelled_set.h"

namespace agront::data {
namespace {

constexpr int64_t kMaxTokens = 4;  // <cls> and three 6-mers

std::string Covered(const std::string& bases, const std::vector<ExampleWindow>& windows) {
  std::string covered;
  for (const ExampleWindow& window : windows) {
    EXPECT_LE(window.tokens.size(), kMaxTokens);
    covered += bases.substr(window.start, window.tokens.num_bases());
  }
  return covered;
}

TEST(ExampleWindows, ShortExampleIsOneWindowWhateverIsAskedFor) {
  const std::string bases = "ACGTACGTACGTACGTAC";  // three 6-mers
  for (const auto choice : {LongSequences::kError, LongSequences::kCentre, LongSequences::kWindows}) {
    const auto windows = CutExample(bases, choice, kMaxTokens, "a.fa:1");
    ASSERT_EQ(windows.size(), 1);
    EXPECT_EQ(Covered(bases, windows), bases);
  }
}

TEST(ExampleWindows, LongExampleIsRefusedUnlessToldOtherwise) {
  try {
    CutExample("ACGTACGTACGTACGTACG", LongSequences::kError, kMaxTokens, "a.fa:7");
    FAIL();
  } catch (const Error& error) {
    EXPECT_TRUE(std::string(error.what()).starts_with("a.fa:7: ")) << error.what();
  }
}

TEST(ExampleWindows, CentreKeepsTheMiddle) {
  const std::string bases = "AAAAACCCCCCGGGGGGTTTTTTAAAAA";  // 28: five go on either side
  const auto windows = CutExample(bases, LongSequences::kCentre, kMaxTokens, "a.fa:1");
  ASSERT_EQ(windows.size(), 1);
  EXPECT_EQ(windows[0].start, 5);
  EXPECT_EQ(Covered(bases, windows), "CCCCCCGGGGGGTTTTTT");
}

TEST(ExampleWindows, CentreWithUnknownBasesIsAsWideAsFits) {
  const std::string bases = "AAAAAAAAAANNNAAAAAAAAAA";  // each N is a token
  const auto windows = CutExample(bases, LongSequences::kCentre, kMaxTokens, "a.fa:1");
  ASSERT_EQ(windows.size(), 1);
  EXPECT_EQ(Covered(bases, windows), bases.substr(windows[0].start, windows[0].tokens.num_bases()));
  EXPECT_EQ(windows[0].start + windows[0].tokens.num_bases() / 2, 11);
}

TEST(ExampleWindows, WindowsCoverAllBasesOnce) {
  const std::string bases = "ACGTACGTACGTACGTACGTACGTNNACGTACGTACGTACGTACGTACGTAAC";
  EXPECT_EQ(Covered(bases, CutExample(bases, LongSequences::kWindows, kMaxTokens, "a.fa:1")), bases);
}

TEST(ExampleWindows, TokensTakeTheClassOfMostOfTheirBases) {
  const std::string bases = "ACGTACGTACGTAC";  // ACGTAC GTACGT A C
  std::string classes(bases.size(), kNoClass);
  classes.replace(0, 6, std::string("\0\0\1\1\1\0", 6));  // three each: the first
  classes.replace(6, 6, std::string("\2\2\2", 3) + std::string(3, kNoClass));
  const auto windows = CutExample(bases, LongSequences::kError, 6, "a.fa:1");
  EXPECT_EQ(TokenClasses(windows[0], classes), (std::vector<int32_t>{-1, 0, 2, -1, -1}));
}

}  // namespace
}  // namespace agront::data
