// SPDX-License-Identifier: Apache-2.0
// Many streams of bytes that wait in one temporary file until their sizes are known.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/temporary_file.h"

namespace agront::formats {

/// One stream. Streams that grow side by side share a file, however many they are: a process may open only so many.
/// Each keeps up to 64 KiB in memory and the places of its pieces in the file.
class Spool {
 public:
  explicit Spool(std::shared_ptr<TemporaryFile> file);

  /// Throws Error when the disk is full.
  void Append(std::span<const std::byte> bytes);

  /// Moves what waits in memory to the file, and frees the memory.
  void Flush();

  uint64_t size() const { return size_; }

  /// CRC-32 of all bytes, as zip archives use it.
  uint32_t crc() const { return crc_; }

  /// Goes to the first byte; from here on the spool is read, not written. Throws Error when the disk is full.
  void Rewind();

  /// Fills `out` with the next bytes. Throws Error when there are not as many.
  void Read(std::span<std::byte> out);

 private:
  struct Piece {
    uint64_t offset;
    uint64_t size;
  };

  void WritePiece(std::span<const std::byte> bytes);
  void ReadBuffer();

  std::shared_ptr<TemporaryFile> file_;
  std::vector<Piece> pieces_;
  bool is_read_ = false;
  std::vector<std::byte> buffer_;  // written: what is in no piece yet; read: part of a piece
  size_t buffer_done_ = 0;         // bytes of the buffer that were given out
  size_t piece_ = 0;               // the next byte to buffer is in this piece,
  uint64_t piece_done_ = 0;        // after these bytes of it
  uint64_t size_ = 0;
  uint32_t crc_;
};

/// A temporary file for what will become `path`: in its folder, or the system's for temporary files when `path` is a
/// device, a pipe or "-".
std::shared_ptr<TemporaryFile> MakeSpoolFile(const std::string& path);

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
