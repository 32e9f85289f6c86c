// SPDX-License-Identifier: Apache-2.0
#include "data/corpus/window_cutter.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "formats/corpus/base_code.h"

namespace agront::data {
namespace {

std::string RandomLetters(size_t length, uint32_t seed) {
  std::mt19937 random(seed);
  std::string text;
  while (text.size() < length) text += "ACGTacgtN"[random() % 9];
  return text;
}

/// Starts of all windows; checks that each holds the letters of its place.
std::vector<int64_t> Cut(const CutterOptions& options, const std::string& text, size_t piece) {
  WindowCutter cutter(options);
  std::vector<int64_t> starts;
  int64_t start = 0;
  std::span<const uint8_t> codes;
  const auto take = [&] {
    while (cutter.Next(start, codes)) {
      starts.push_back(start);
      EXPECT_EQ(codes.size(), static_cast<size_t>(options.window_bases));
      for (size_t i = 0; i < codes.size(); ++i)
        EXPECT_EQ(codes[i], formats::kBaseCodes[static_cast<unsigned char>(text[static_cast<size_t>(start) + i])]);
    }
  };
  for (int round = 0; round < 2; ++round) {  // a second sequence starts afresh
    starts.clear();
    cutter.BeginSequence();
    for (size_t at = 0; at < text.size(); at += piece) {
      cutter.Append(std::string_view(text).substr(at, piece));
      take();
    }
    cutter.EndSequence();
    take();
    EXPECT_EQ(cutter.length(), static_cast<int64_t>(text.size()));
  }
  return starts;
}

using Starts = std::vector<int64_t>;

TEST(WindowCutter, CutsEveryBase) {
  const CutterOptions options{.window_bases = 10, .overlap = 3};
  for (const size_t piece : {1, 2, 7, 10, 1000}) {
    EXPECT_EQ(Cut(options, RandomLetters(9, 1), piece), Starts{});
    EXPECT_EQ(Cut(options, RandomLetters(10, 2), piece), Starts{0});
    EXPECT_EQ(Cut(options, RandomLetters(11, 3), piece), (Starts{0, 1}));
    EXPECT_EQ(Cut(options, RandomLetters(16, 4), piece), (Starts{0, 6}));
    EXPECT_EQ(Cut(options, RandomLetters(17, 5), piece), (Starts{0, 7}));
    EXPECT_EQ(Cut(options, RandomLetters(18, 6), piece), (Starts{0, 7, 8}));
    EXPECT_EQ(Cut(options, RandomLetters(24, 7), piece), (Starts{0, 7, 14}));
    EXPECT_EQ(Cut(options, RandomLetters(30, 8), piece), (Starts{0, 7, 14, 20}));
  }
}

TEST(WindowCutter, CutsWithoutOverlap) {
  EXPECT_EQ(Cut({.window_bases = 5, .overlap = 0}, RandomLetters(12, 1), 3), (Starts{0, 5, 7}));
  EXPECT_EQ(Cut({.window_bases = 5, .overlap = 4}, RandomLetters(8, 1), 3), (Starts{0, 1, 2, 3}));
}

TEST(WindowCutter, CutsTheShiftedSetInTheOrderOfTheStarts) {
  for (const size_t piece : {1, 3, 100})
    EXPECT_EQ(Cut({.window_bases = 10, .overlap = 3, .shift = 4}, RandomLetters(30, 9), piece),
              (Starts{0, 4, 7, 11, 14, 18, 20}));
  EXPECT_EQ(Cut({.window_bases = 10, .overlap = 3, .shift = 25}, RandomLetters(30, 9), 4), (Starts{0, 7, 14, 20}));
}

}  // namespace
}  // namespace agront::data
