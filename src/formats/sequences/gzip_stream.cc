// SPDX-License-Identifier: Apache-2.0
#include "formats/sequences/gzip_stream.h"

#include <htslib/hfile.h>

#include <algorithm>
#include <limits>

#include "base/error.h"

namespace agront::formats {

GzipStream::GzipStream(hFILE* file, std::string name) : file_(file), name_(std::move(name)), input_(1 << 16) {
  constexpr int kGzipOnly = 15 + 16;  // the largest window, and gzip's header
  if (inflateInit2(&stream_, kGzipOnly) != Z_OK) Fail("{}: cannot start to decompress", name_);
}

GzipStream::~GzipStream() { inflateEnd(&stream_); }

size_t GzipStream::Read(std::span<char> buffer) {
  const size_t wanted = std::min<size_t>(buffer.size(), std::numeric_limits<uInt>::max());
  stream_.next_out = reinterpret_cast<Bytef*>(buffer.data());
  stream_.avail_out = static_cast<uInt>(wanted);
  while (stream_.avail_out > 0 && !is_at_end_) {
    if (!Refill()) Fail("{}: truncated: expected the end of the compressed data", name_);
    const int result = inflate(&stream_, Z_NO_FLUSH);
    if (result == Z_STREAM_END)
      FinishMember();
    else if (result != Z_OK)
      Fail("{}: corrupt compressed data", name_);
  }
  return wanted - stream_.avail_out;
}

/// Whether there is another byte of the file; it is *next_in then.
bool GzipStream::Refill() {
  if (stream_.avail_in > 0) return true;
  const ssize_t count = hread(file_, input_.data(), input_.size());
  if (count < 0) Fail("{}: cannot read: {}", name_, SystemError());
  stream_.next_in = input_.data();
  stream_.avail_in = static_cast<uInt>(count);
  return count > 0;
}

/// Goes to the next member, or past zeros to the end of the file.
void GzipStream::FinishMember() {
  constexpr unsigned char kFirstOfMember = 0x1F;
  while (Refill() && *stream_.next_in == 0) {
    has_padding_ = true;
    ++stream_.next_in;
    --stream_.avail_in;
  }
  is_at_end_ = stream_.avail_in == 0;
  if (is_at_end_) return;
  if (has_padding_ || *stream_.next_in != kFirstOfMember)
    Fail("{}: expected the end of the file after the compressed data, got other bytes", name_);
  inflateReset(&stream_);
}

}  // namespace agront::formats
