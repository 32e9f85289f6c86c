// SPDX-License-Identifier: Apache-2.0
#include "formats/printable.h"

#include <gtest/gtest.h>

#include "formats/unicode.h"

namespace agront::formats {
namespace {

TEST(Printable, EscapesWhatATerminalWouldObey) {
  EXPECT_EQ(Printable("a\tb\nc\rd\x7F"), "a\\tb\\nc\\rd\\x7f");
  EXPECT_EQ(Printable("\x1B[31mred"), "\\x1b[31mred");
  EXPECT_EQ(Printable(std::string_view("\0x", 2)), "\\x00x");
  EXPECT_EQ(Printable("\xC2\x9B"
                      "31m"),
            "\\u{9b}31m");
}

TEST(Printable, ShowsWhatCannotBeSeen) {
  EXPECT_EQ(Printable("\xEF\xBB\xBF"
                      "c1"),
            "\\u{feff}c1");
  EXPECT_EQ(Printable("a\u200Bb\u202Ec"), "a\\u{200b}b\\u{202e}c");
  EXPECT_EQ(Printable("a\u061Cb\u00ADc\U000E0041d\uFFF9"), "a\\u{61c}b\\u{ad}c\\u{e0041}d\\u{fff9}");
}

TEST(Printable, TakesWhatIsNoText) {
  EXPECT_EQ(Printable("caf\xE9"), "caf\\xe9");
  EXPECT_EQ(Printable("\xE2\x82 é"), "\\xe2\\x82 é");
}

TEST(Printable, EndsAfterTwoHundredBytes) {
  for (size_t before = 196; before < 201; ++before) {
    const std::string shown = Printable(std::string(before, 'a') + "🌱 and more");
    EXPECT_TRUE(DecodeUtf8(shown)) << before;
    EXPECT_EQ(shown, std::string(before, 'a') + (before == 196 ? "🌱" : "") + "...");
  }
  EXPECT_EQ(Printable(std::string(200, 'a')), std::string(200, 'a'));
  EXPECT_EQ(Printable(std::string(1000, '\x01')).size(), 203u);
}

}  // namespace
}  // namespace agront::formats
