// SPDX-License-Identifier: Apache-2.0
// Bytes that wait in a temporary file until their number is known.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <span>
#include <string>

namespace agront::formats {

/// The file has no name from the start, so it goes away with the process however that ends.
class Spool {
 public:
  /// Throws Error when no file can be made in `folder`.
  explicit Spool(const std::string& folder);

  /// Throws Error when the disk is full.
  void Append(std::span<const std::byte> bytes);

  uint64_t size() const { return size_; }

  /// CRC-32 of all bytes, as zip archives use it.
  uint32_t crc() const { return crc_; }

  /// Goes to the first byte; from here on the spool is read, not written.
  void Rewind();

  /// Fills `out` with the next bytes. Throws Error when there are not as many.
  void Read(std::span<std::byte> out);

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  std::string folder_;
  std::unique_ptr<std::FILE, Close> file_;
  uint64_t size_ = 0;
  uint32_t crc_ = 0;
};

/// Where to spool what will become `path`: its folder, or the system's for temporary files when `path` is a
/// device, a pipe or "-".
std::string SpoolFolder(const std::string& path);

/// Calls consume(std::span<const std::byte>) with all bytes, in pieces.
template <class Consume>
void DrainSpool(Spool& spool, const Consume& consume) {
  constexpr size_t kPiece = 1 << 16;
  const auto buffer = std::make_unique<std::byte[]>(kPiece);
  spool.Rewind();
  for (uint64_t left = spool.size(); left > 0;) {
    const std::span<std::byte> piece(buffer.get(), left < kPiece ? static_cast<size_t>(left) : kPiece);
    spool.Read(piece);
    consume(std::span<const std::byte>(piece));
    left -= piece.size();
  }
}

}  // namespace agront::formats
