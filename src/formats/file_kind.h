// SPDX-License-Identifier: Apache-2.0
// The kind of a file by its first bytes. After a failed download another file may have the right name.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace agront::formats {

enum class FileKind {
  kUnknown,
  kEmpty,
  kLfsPointer,
  kAnnexPointer,
  kHtml,
  kXml,
  kJson,
  kSafetensors,
  kPickle,
  kZip,
  kGzip,
  kBzip2,
  kXz,
  kZstd,
  kLz4,
  kNumpy,
  kHdf5,
  kGguf,
  kText
};

/// Looks at the first bytes only. kText is text of no other kind; what is neither text nor known is kUnknown.
FileKind KindOf(std::span<const std::byte> bytes);

/// The kind in words, for the end of "expected ..., got ...": "a pointer of Git LFS; `git lfs pull` gets the file
/// itself". Text is quoted with its beginning.
std::string DescribeKind(std::span<const std::byte> bytes);

/// Throws Error "NAME: expected text, got ..." for a file of a kind that no format of text begins like.
void ExpectText(const std::string& name, std::span<const std::byte> bytes);

/// Throws Error "PATH: expected EXPECTED, got ..." for a file of a kind that is known and is not `kind`.
void ExpectKind(const std::string& path, std::span<const std::byte> bytes, FileKind kind, const std::string& expected);

}  // namespace agront::formats
