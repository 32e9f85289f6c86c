// SPDX-License-Identifier: Apache-2.0
#include "formats/checkpoints/zlib_file.h"

#include <zlib.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <vector>

#include "base/error.h"
#include "base/temporary_file.h"

namespace agront::formats {
namespace {

constexpr size_t kPiece = size_t{1} << 20;

struct InflateEnd {
  void operator()(z_stream* stream) const { inflateEnd(stream); }
};

}  // namespace

std::shared_ptr<const MappedFile> InflateFile(const MappedFile& file) {
  TemporaryFile inflated(std::filesystem::temp_directory_path().string());
  z_stream zlib{};
  if (inflateInit(&zlib) != Z_OK) Fail("{}: cannot start zlib", file.path());
  const std::unique_ptr<z_stream, InflateEnd> end(&zlib);
  std::vector<std::byte> buffer(kPiece);
  size_t read = 0;  // bytes of the file before the piece that zlib has
  for (bool is_whole = false; !is_whole;) {
    if (zlib.avail_in == 0) {
      file.Release(file.bytes().first(read));
      const std::span<const std::byte> piece =
          file.bytes().subspan(read).first(std::min(kPiece, file.bytes().size() - read));
      if (piece.empty()) Fail("{}: byte {}: expected more of the zlib stream, the file ends", file.path(), read);
      zlib.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(piece.data()));
      zlib.avail_in = static_cast<uInt>(piece.size());
      read += piece.size();
    }
    zlib.next_out = reinterpret_cast<Bytef*>(buffer.data());
    zlib.avail_out = kPiece;
    const int status = inflate(&zlib, Z_NO_FLUSH);
    is_whole = status == Z_STREAM_END;
    if (!is_whole && status != Z_OK)
      Fail("{}: byte {}: expected a zlib stream: {}", file.path(), read - zlib.avail_in,
           zlib.msg != nullptr ? zlib.msg : zError(status));
    inflated.Append(std::span(buffer).first(kPiece - zlib.avail_out));
  }
  read -= zlib.avail_in;
  if (read != file.bytes().size())
    Fail("{}: byte {}: expected the end of the file after the zlib stream, got {} more bytes", file.path(), read,
         file.bytes().size() - read);
  return std::make_shared<const MappedFile>(inflated, file.path() + ": inflated");
}

}  // namespace agront::formats
