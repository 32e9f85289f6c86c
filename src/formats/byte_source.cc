// SPDX-License-Identifier: Apache-2.0
#include "formats/byte_source.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "base/error.h"

namespace agront::formats {
namespace {

constexpr size_t kPiece = 1 << 16;
constexpr size_t kReleaseStep = size_t{16} << 20;

}  // namespace

MemorySource::MemorySource(std::span<const std::byte> bytes, std::string name)
    : bytes_(bytes), name_(std::move(name)) {}

void MemorySource::Read(std::span<std::byte> out) {
  const size_t begin = position_;
  Skip(out.size());
  std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(begin), out.size(), out.begin());
}

void MemorySource::Skip(uint64_t count) {
  if (count > bytes_.size() - position_)
    Fail("{}: byte {}: expected {} more bytes, the data end after {}", name_, position_, count,
         bytes_.size() - position_);
  position_ += static_cast<size_t>(count);
}

void MemorySource::ExpectEnd() {
  if (position_ != bytes_.size())
    Fail("{}: byte {}: expected the end, got {} more bytes", name_, position_, bytes_.size() - position_);
}

struct InflateSource::Stream {
  z_stream zlib{};
  bool ended = false;
  std::array<std::byte, kPiece> buffer;
};

InflateSource::InflateSource(std::shared_ptr<const MappedFile> file)
    : file_(std::move(file)), stream_(std::make_unique<Stream>()) {
  if (inflateInit(&stream_->zlib) != Z_OK) Fail("{}: cannot start zlib", name());
}

InflateSource::~InflateSource() { inflateEnd(&stream_->zlib); }

bool InflateSource::Refill() {
  if (stream_->ended) return false;
  z_stream& zlib = stream_->zlib;
  zlib.next_out = reinterpret_cast<Bytef*>(stream_->buffer.data());
  zlib.avail_out = kPiece;
  while (zlib.avail_out == kPiece && !stream_->ended) {
    const size_t consumed = zlib.total_in;
    const std::span<const std::byte> rest = file_->bytes().subspan(consumed);
    zlib.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(rest.data()));
    zlib.avail_in = static_cast<uInt>(std::min(rest.size(), kReleaseStep));
    const int status = inflate(&zlib, Z_NO_FLUSH);
    if (status == Z_STREAM_END)
      stream_->ended = true;
    else if (status == Z_BUF_ERROR && rest.empty())
      Fail("{}: byte {}: expected more of the zlib stream, the file ends", name(), consumed);
    else if (status != Z_OK)
      Fail("{}: byte {}: expected a zlib stream: {}", name(), zlib.total_in,
           zlib.msg != nullptr ? zlib.msg : zError(status));
  }
  if (zlib.total_in - released_ >= kReleaseStep) {
    file_->Release(file_->bytes().subspan(released_, zlib.total_in - released_));
    released_ = zlib.total_in;
  }
  ready_ = std::span(stream_->buffer).first(kPiece - zlib.avail_out);
  return !ready_.empty();
}

std::span<const std::byte> InflateSource::Take(uint64_t most) {
  if (ready_.empty() && !Refill())
    Fail("{}: inflated byte {}: expected {} more bytes, the data end", name(), position_, most);
  const std::span<const std::byte> part = ready_.first(static_cast<size_t>(std::min<uint64_t>(most, ready_.size())));
  ready_ = ready_.subspan(part.size());
  position_ += part.size();
  return part;
}

void InflateSource::Read(std::span<std::byte> out) {
  while (!out.empty()) {
    const std::span<const std::byte> part = Take(out.size());
    std::memcpy(out.data(), part.data(), part.size());
    out = out.subspan(part.size());
  }
}

void InflateSource::Skip(uint64_t count) {
  while (count > 0) count -= Take(count).size();
}

void InflateSource::ExpectEnd() {
  if (!ready_.empty() || Refill()) Fail("{}: inflated byte {}: expected the end, got more bytes", name(), position_);
  if (stream_->zlib.total_in != file_->bytes().size())
    Fail("{}: byte {}: expected the end of the file after the zlib stream, got {} more bytes", name(),
         stream_->zlib.total_in, file_->bytes().size() - stream_->zlib.total_in);
}

}  // namespace agront::formats
