// SPDX-License-Identifier: Apache-2.0
#include "formats/arrays/spool.h"

#include <zlib.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "base/error.h"

namespace agront::formats {
namespace {

constexpr size_t kBuffer = 1 << 16;

}  // namespace

Spool::Spool(std::shared_ptr<TemporaryFile> file)
    : file_(std::move(file)), crc_(static_cast<uint32_t>(crc32(0, nullptr, 0))) {}

void Spool::Append(std::span<const std::byte> bytes) {
  crc_ = static_cast<uint32_t>(crc32_z(crc_, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
  size_ += bytes.size();
  if (buffer_.size() + bytes.size() > kBuffer) {
    WritePiece(buffer_);
    buffer_.clear();
  }
  if (bytes.size() > kBuffer)
    WritePiece(bytes);
  else
    buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
}

void Spool::WritePiece(std::span<const std::byte> bytes) {
  if (bytes.empty()) return;
  const uint64_t offset = file_->size();
  file_->Append(bytes);
  if (!pieces_.empty() && pieces_.back().offset + pieces_.back().size == offset)
    pieces_.back().size += bytes.size();
  else
    pieces_.push_back({offset, bytes.size()});
}

void Spool::Flush() {
  WritePiece(buffer_);
  buffer_ = {};
}

void Spool::Rewind() {
  if (!is_read_) Flush();
  is_read_ = true;
  buffer_.clear();
  buffer_done_ = 0;
  piece_ = 0;
  piece_done_ = 0;
}

void Spool::ReadBuffer() {
  if (piece_ == pieces_.size()) Fail("temporary file: expected more than {} bytes", size_);
  const Piece& piece = pieces_[piece_];
  buffer_.resize(static_cast<size_t>(std::min<uint64_t>(kBuffer, piece.size - piece_done_)));
  file_->ReadAt(piece.offset + piece_done_, buffer_);
  buffer_done_ = 0;
  piece_done_ += buffer_.size();
  if (piece_done_ == piece.size) {
    ++piece_;
    piece_done_ = 0;
  }
}

void Spool::Read(std::span<std::byte> out) {
  while (!out.empty()) {
    if (buffer_done_ == buffer_.size()) ReadBuffer();
    const size_t count = std::min(out.size(), buffer_.size() - buffer_done_);
    std::copy_n(buffer_.begin() + static_cast<std::ptrdiff_t>(buffer_done_), count, out.begin());
    buffer_done_ += count;
    out = out.subspan(count);
  }
}

std::shared_ptr<TemporaryFile> MakeSpoolFile(const std::string& path) {
  const std::filesystem::file_status status = std::filesystem::status(path);
  const bool is_special = std::filesystem::exists(status) && !std::filesystem::is_regular_file(status);
  if (path == "-" || is_special)
    return std::make_shared<TemporaryFile>(std::filesystem::temp_directory_path().string());
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  return std::make_shared<TemporaryFile>(folder.empty() ? "." : folder.string());
}

}  // namespace agront::formats
