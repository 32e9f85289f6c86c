// SPDX-License-Identifier: Apache-2.0
#include "formats/checkpoints/byte_reader.h"

#include <algorithm>
#include <utility>

#include "base/error.h"

namespace agront::formats {

ByteReader::ByteReader(std::span<const std::byte> bytes, std::string name) : bytes_(bytes), name_(std::move(name)) {}

void ByteReader::Read(std::span<std::byte> out) {
  const size_t begin = position_;
  Skip(out.size());
  std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(begin), out.size(), out.begin());
}

void ByteReader::Skip(uint64_t count) {
  if (count > bytes_.size() - position_)
    Fail("{}: byte {}: expected {} more bytes, the data end after {}", name_, position_, count,
         bytes_.size() - position_);
  position_ += static_cast<size_t>(count);
}

void ByteReader::ExpectEnd() const {
  if (position_ != bytes_.size())
    Fail("{}: byte {}: expected the end, got {} more bytes", name_, position_, bytes_.size() - position_);
}

}  // namespace agront::formats
