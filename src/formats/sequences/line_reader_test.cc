// SPDX-License-Identifier: Apache-2.0
#include "formats/sequences/line_reader.h"

#include "formats/testing/format_test_files.h"

namespace agront::formats {
namespace {

class LineReaderTest : public testing::Test {
 protected:
  std::vector<std::string> Lines(const std::string& text) {
    LineReader lines(folder_.Write("x.txt", text));
    std::vector<std::string> all;
    for (std::string line; lines.Next(line);) all.push_back(line);
    return all;
  }

  const TestFolder folder_;
};

using Words = std::vector<std::string>;

TEST_F(LineReaderTest, TakesEveryLineEnd) {
  for (const std::string end : {"\n", "\r\n", "\r"}) {
    EXPECT_EQ(Lines("a" + end + end + "b" + end + "c"), (Words{"a", "", "b", "c"}));
    EXPECT_EQ(Lines("a" + end), Words{"a"});
  }
  EXPECT_EQ(Lines("a\rb\nc\r\n\rd"), (Words{"a", "b", "c", "", "d"}));
  EXPECT_EQ(Lines(""), Words{});
}

TEST_F(LineReaderTest, TakesLineEndsAcrossItsBuffer) {
  for (size_t length = (1 << 16) - 3; length < (1 << 16) + 2; ++length)
    for (const std::string end : {"\n", "\r\n", "\r"}) {
      const std::string line(length, 'a');
      EXPECT_EQ(Lines(line + end + "b" + end), (Words{line, "b"})) << length;
    }
}

TEST_F(LineReaderTest, CountsLinesWhateverTheirEnds) {
  for (const std::string end : {"\n", "\r\n", "\r"}) {
    LineReader lines(folder_.Write("x.txt", "a" + end + "b" + end));
    std::string line;
    lines.Next(line);
    lines.Next(line);
    EXPECT_TRUE(lines.Place().ends_with("x.txt:2")) << lines.Place();
  }
}

TEST_F(LineReaderTest, PassesOverAByteOrderMark) { EXPECT_EQ(Lines("\xEF\xBB\xBFhe\n"), Words{"he"}); }

TEST_F(LineReaderTest, RefusesWhatIsNoText) {
  ExpectError([&] { Lines(std::string("a\nb\0c\n", 6)); }, "x.txt:2: expected text, got a NUL byte");
  ExpectError([&] { Lines(std::string(16'000'001, 'a')); }, "x.txt:1: expected lines of at most 16000000 bytes");
}

TEST(TrimBlanks, TakesBlanksFromBothEnds) {
  EXPECT_EQ(TrimBlanks(" \ta b\t "), "a b");
  EXPECT_EQ(TrimBlanks("ab"), "ab");
  EXPECT_EQ(TrimBlanks(" \t"), "");
  EXPECT_EQ(TrimBlanks(""), "");
}

}  // namespace
}  // namespace agront::formats
