// SPDX-License-Identifier: Apache-2.0
#include "formats/file_kind.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/ascii.h"
#include "base/error.h"
#include "formats/unicode.h"

namespace agront::formats {
namespace {

using namespace std::string_view_literals;

constexpr size_t kLengthBytes = 8;  // of a safetensors file, before its header

constexpr std::pair<std::string_view, FileKind> kMagics[] = {
    {"version https://git-lfs.github.com/spec"sv, FileKind::kLfsPointer},
    {"version https://hawser.github.com/spec"sv, FileKind::kLfsPointer},
    {"/annex/objects/"sv, FileKind::kAnnexPointer},
    {"PK\x03\x04"sv, FileKind::kZip},
    {"PK\x05\x06"sv, FileKind::kZip},
    {"\x1f\x8b"sv, FileKind::kGzip},
    {"\xfd\x37zXZ"sv, FileKind::kXz},
    {"\x28\xb5\x2f\xfd"sv, FileKind::kZstd},
    {"\x04\x22\x4d\x18"sv, FileKind::kLz4},
    {"\x93NUMPY"sv, FileKind::kNumpy},
    {"\x89HDF"sv, FileKind::kHdf5},
    {"GGUF"sv, FileKind::kGguf},
};

std::string_view TextOf(std::span<const std::byte> bytes) {
  constexpr size_t kLooksAt = 512;
  return {reinterpret_cast<const char*>(bytes.data()), std::min(bytes.size(), kLooksAt)};
}

std::string_view WithoutBlanksBefore(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  return text.substr(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
}

bool StartsWithAnyCase(std::string_view text, std::string_view lower) {
  return text.size() >= lower.size() &&
         std::equal(lower.begin(), lower.end(), text.begin(), [](char a, char b) { return a == AsciiLower(b); });
}

/// Protocols 2 to 5 begin so; 0 and 1 begin like text.
bool IsPickle(std::string_view text) { return text.size() >= 2 && text[0] == '\x80' && text[1] >= 2 && text[1] <= 5; }

/// Text may begin so, too, but not with what follows the size of a block.
bool IsBzip2(std::string_view text) {
  constexpr size_t kSize = 4;
  return text.starts_with("BZh") && text.size() > kSize && text.substr(kSize).starts_with("1AY&SY");
}

/// ASCII: no other text stands where a checkpoint should.
bool IsText(std::string_view text) {
  constexpr size_t kEnough = 64;
  return std::ranges::all_of(text.substr(0, kEnough), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte >= 0x20 && byte < 0x7F) || c == '\t' || c == '\r' || c == '\n';
  });
}

/// A length below 2^32 and a JSON object.
bool IsSafetensors(std::string_view text) {
  return text.size() > kLengthBytes && text[kLengthBytes] == '{' && text.substr(4, 4) == "\0\0\0\0"sv;
}

}  // namespace

FileKind KindOf(std::span<const std::byte> bytes) {
  const std::string_view text = TextOf(bytes);
  if (text.empty()) return FileKind::kEmpty;
  if (IsSafetensors(text)) return FileKind::kSafetensors;  // first, for its length may look like any of the others
  for (const auto& [magic, kind] : kMagics)
    if (text.starts_with(magic)) return kind;
  if (IsBzip2(text)) return FileKind::kBzip2;
  if (IsPickle(text)) return FileKind::kPickle;
  const std::string_view begin = WithoutBlanksBefore(text);
  if (StartsWithAnyCase(begin, "<!doctype html") || StartsWithAnyCase(begin, "<html")) return FileKind::kHtml;
  if (StartsWithAnyCase(begin, "<?xml")) return FileKind::kXml;
  if (!IsText(text)) return FileKind::kUnknown;
  return begin.starts_with('{') || begin.starts_with('[') ? FileKind::kJson : FileKind::kText;
}

std::string DescribeKind(std::span<const std::byte> bytes) {
  constexpr size_t kShown = 40;
  switch (KindOf(bytes)) {
    case FileKind::kEmpty: return "an empty file";
    case FileKind::kLfsPointer: return "a pointer of Git LFS; `git lfs pull` gets the file itself";
    case FileKind::kAnnexPointer: return "a pointer of git-annex; `git annex get` gets the file itself";
    case FileKind::kHtml: return "an HTML page, perhaps of a download that failed";
    case FileKind::kXml: return "XML, perhaps of a download that failed";
    case FileKind::kJson: return "JSON";
    case FileKind::kSafetensors: return "a safetensors file";
    case FileKind::kPickle: return "a pickle";
    case FileKind::kZip: return "a zip archive";
    case FileKind::kGzip: return "a gzip file";
    case FileKind::kBzip2: return "a bzip2 file";
    case FileKind::kXz: return "an xz file";
    case FileKind::kZstd: return "a zstd file";
    case FileKind::kLz4: return "an lz4 file";
    case FileKind::kNumpy: return "a NumPy array";
    case FileKind::kHdf5: return "an HDF5 file";
    case FileKind::kGguf: return "a GGUF file";
    case FileKind::kText: {
      const std::string_view begin = WithoutBlanksBefore(TextOf(bytes));
      return fmt::format("text that begins \"{}\"", EscapedBytes(begin.substr(0, kShown)));
    }
    case FileKind::kUnknown: break;
  }
  return fmt::format("bytes that begin \"{}\"", EscapedBytes(TextOf(bytes).substr(0, 8)));
}

void ExpectText(const std::string& name, std::span<const std::byte> bytes) {
  switch (KindOf(bytes)) {
    case FileKind::kUnknown:
    case FileKind::kEmpty:
    case FileKind::kText:
    case FileKind::kJson:
    case FileKind::kGguf: return;  // four letters that a name may begin with
    default: Fail("{}: expected text, got {}", name, DescribeKind(bytes));
  }
}

void ExpectKind(const std::string& path, std::span<const std::byte> bytes, FileKind kind, const std::string& expected) {
  const FileKind got = KindOf(bytes);
  if (got != kind && got != FileKind::kUnknown) Fail("{}: expected {}, got {}", path, expected, DescribeKind(bytes));
}

}  // namespace agront::formats
