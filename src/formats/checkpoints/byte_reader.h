// SPDX-License-Identifier: Apache-2.0
// Bytes in memory, read forward once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace agront::formats {

class ByteReader {
 public:
  /// Reads `bytes`, which outlive it. `name` is the file, for messages.
  ByteReader(std::span<const std::byte> bytes, std::string name);

  const std::string& name() const { return name_; }

  /// How many bytes have been read or skipped.
  uint64_t position() const { return position_; }

  /// Fills `out`. Throws Error when the data end before.
  void Read(std::span<std::byte> out);

  /// Throws Error when the data end before.
  void Skip(uint64_t count);

  /// Throws Error when bytes are left.
  void ExpectEnd() const;

 private:
  std::span<const std::byte> bytes_;
  std::string name_;
  size_t position_ = 0;
};

}  // namespace agront::formats
