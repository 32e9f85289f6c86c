// SPDX-License-Identifier: Apache-2.0
#include "formats/file_kind.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "formats/testing/format_test_files.h"
#include "formats/unicode.h"

namespace agront::formats {
namespace {

using namespace std::string_literals;

std::span<const std::byte> Bytes(const std::string& text) { return std::as_bytes(std::span(text)); }

TEST(FileKind, TellsWhatStandsInAFilesPlace) {
  const std::string random = "\x9e\xff\x00\x13\xd4\x01\x02\x03\x04"s;
  const std::pair<std::string, std::string> cases[] = {
      {"", "an empty file"},
      {"version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 3\n", "a pointer of Git LFS"},
      {"/annex/objects/SHA256E-s3--ab.safetensors\n", "a pointer of git-annex"},
      {"\xEF\xBB\xBF\n <!DOCTYPE HTML PUBLIC>", "an HTML page"},
      {"<html lang=\"en\">", "an HTML page"},
      {"<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>", "XML"},
      {" {\"error\": \"Repository not found\"}", "JSON"},
      {"\x02\0\0\0\0\0\0\0{}"s, "a safetensors file"},
      {"\x80\x04\x95"s, "a pickle"},
      {"PK\x03\x04"s, "a zip archive"},
      {"\x1f\x8b\x08"s, "a gzip file"},
      {"BZh91AY&SY", "a bzip2 file"},
      {"BZh", "text that begins \"BZh\""},
      {"\xfd\x37zXZ\0"s, "an xz file"},
      {"\x28\xb5\x2f\xfd"s, "a zstd file"},
      {"\x93NUMPY\1"s, "a NumPy array"},
      {"\x89HDF\r\n"s, "an HDF5 file"},
      {"GGUF\3"s, "a GGUF file"},
      {"\nEntry not \"found\"", "text that begins \"Entry not \"found\"\""},
      {random, "bytes that begin \"\\x9e\\xff\\x00\\x13\\xd4\\x01\\x02\\x03\""},
  };
  for (const auto& [content, words] : cases)
    EXPECT_EQ(DescribeKind(Bytes(content)).substr(0, words.size()), words) << EscapedBytes(content);
  EXPECT_EQ(KindOf(Bytes(random)), FileKind::kUnknown);
  EXPECT_EQ(DescribeKind(Bytes(std::string(500, 'a'))), "text that begins \"" + std::string(40, 'a') + "\"");
}

TEST(FileKind, ExpectsOneKindAndLetsUnknownOnesPass) {
  ExpectKind("x", Bytes("PK\x03\x04"), FileKind::kZip, "a zip archive");
  ExpectKind("x", Bytes("\x01\x02"), FileKind::kZip, "a zip archive");
  ExpectError([] { ExpectKind("x.bin", Bytes(""), FileKind::kZip, "a zip archive"); },
              "x.bin: expected a zip archive, got an empty file");
}

}  // namespace
}  // namespace agront::formats
