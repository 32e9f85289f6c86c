// SPDX-License-Identifier: Apache-2.0
#include "base/ascii.h"

#include <gtest/gtest.h>

#include <cctype>

namespace agront {
namespace {

TEST(Ascii, IsAsInTheCLocale) {
  for (int code = -128; code < 128; ++code) {
    const auto c = static_cast<char>(code);
    const auto byte = static_cast<unsigned char>(c);
    const bool is_ascii = byte < 0x80;
    EXPECT_EQ(AsciiLower(c), is_ascii ? static_cast<char>(std::tolower(byte)) : c) << code;
    EXPECT_EQ(IsAsciiLetterOrDigit(c), is_ascii && std::isalnum(byte) != 0) << code;
    EXPECT_EQ(IsAsciiPrintable(c), is_ascii && std::isprint(byte) != 0) << code;
  }
  EXPECT_EQ(AsciiLower(std::string("Genes.FA.GZ")), "genes.fa.gz");
}

}  // namespace
}  // namespace agront
