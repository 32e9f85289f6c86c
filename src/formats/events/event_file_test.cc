// SPDX-License-Identifier: Apache-2.0
#include "formats/events/event_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "agront/error.h"

namespace agront::formats {
namespace {

TEST(EventFile, HasTheKnownChecksums) {
  EXPECT_EQ(Crc32c("123456789"), 0xE3069283u);
  EXPECT_EQ(Crc32c(std::string(32, '\0')), 0x8A9136AAu);    // RFC 3720, B.4
  EXPECT_EQ(Crc32c(std::string(32, '\xFF')), 0x62A8AB43u);  // the same
}

TEST(EventFile, WritesTheBytesOfAnEvent) {
  const std::string path = (std::filesystem::temp_directory_path() / ("tfevents." + std::to_string(getpid()))).string();
  EventFile(path).Add("loss", 300, 1.5f, 2.0);
  std::ifstream stream(path, std::ios::binary);
  const std::string bytes(std::istreambuf_iterator<char>(stream), {});
  std::filesystem::remove(path);
  // The first record is the version; each has 8 bytes of length and two checksums of 4 around the event.
  constexpr size_t kAround = 16;
  const size_t second = kAround + 9 + 2 + 13;
  const std::string expected = std::string("\x09\0\0\0\0\0\0\0\x40", 9) + "\x10\xAC\x02" + "\x2A\x0D" + "\x0A\x0B" +
                               "\x0A\x04loss" + std::string("\x15\0\0\xC0\x3F", 5);
  ASSERT_EQ(bytes.size(), second + kAround + expected.size());
  EXPECT_EQ(static_cast<size_t>(bytes[second]), expected.size());
  EXPECT_EQ(bytes.substr(second + 12, expected.size()), expected);
}

TEST(EventFile, SaysWhatItCannotWrite) { EXPECT_THROW(EventFile("/nowhere/at/all"), Error); }

}  // namespace
}  // namespace agront::formats
