// SPDX-License-Identifier: Apache-2.0
#include "formats/printable.h"

#include <gtest/gtest.h>

#include "formats/unicode.h"

namespace agront::formats {
namespace {

TEST(Printable, IsOneLineOfText) {
  EXPECT_EQ(Printable("a\tb\nc\x7F"), "a?b?c?");
  for (size_t before = 196; before < 201; ++before) {
    const std::string shown = Printable(std::string(before, 'a') + "🌱 and more");
    EXPECT_TRUE(DecodeUtf8(shown)) << before;
    EXPECT_EQ(shown, std::string(before, 'a') + (before == 196 ? "🌱" : "") + "...");
  }
}

}  // namespace
}  // namespace agront::formats
