// SPDX-License-Identifier: Apache-2.0
// Bytes read forward once: from memory, or out of a zlib stream.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "base/mapped_file.h"

namespace agront::formats {

class ByteSource {
 public:
  virtual ~ByteSource() = default;

  /// The file, for messages.
  virtual const std::string& name() const = 0;

  /// How many bytes have been read or skipped.
  virtual uint64_t position() const = 0;

  /// Fills `out`. Throws Error when the data end before, or are corrupt.
  virtual void Read(std::span<std::byte> out) = 0;

  /// Throws Error when the data end before, or are corrupt. Holds no more memory for a large count.
  virtual void Skip(uint64_t count) = 0;

  /// Throws Error when bytes are left, or when the checksum at the end is wrong.
  virtual void ExpectEnd() = 0;
};

/// Reads `bytes`, which outlive it.
class MemorySource final : public ByteSource {
 public:
  MemorySource(std::span<const std::byte> bytes, std::string name);

  const std::string& name() const override { return name_; }
  uint64_t position() const override { return position_; }
  void Read(std::span<std::byte> out) override;
  void Skip(uint64_t count) override;
  void ExpectEnd() override;

 private:
  std::span<const std::byte> bytes_;
  std::string name_;
  size_t position_ = 0;
};

/// Inflates a file that is one zlib stream (not gzip), in pieces; pages of the file are given back on the
/// way. Positions count inflated bytes.
class InflateSource final : public ByteSource {
 public:
  explicit InflateSource(std::shared_ptr<const MappedFile> file);
  ~InflateSource() override;

  const std::string& name() const override { return file_->path(); }
  uint64_t position() const override { return position_; }
  void Read(std::span<std::byte> out) override;
  void Skip(uint64_t count) override;
  void ExpectEnd() override;

 private:
  struct Stream;

  /// Inflates the next piece into the buffer; false at the end of the stream.
  bool Refill();
  /// The next bytes of the buffer, at most `most`; refills it when it is empty.
  std::span<const std::byte> Take(uint64_t most);

  std::shared_ptr<const MappedFile> file_;
  std::unique_ptr<Stream> stream_;
  std::span<const std::byte> ready_;  // of the stream's buffer
  uint64_t position_ = 0;
  size_t released_ = 0;  // bytes of the file whose pages were given back
};

}  // namespace agront::formats
