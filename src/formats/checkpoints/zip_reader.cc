// SPDX-License-Identifier: Apache-2.0
#include "formats/checkpoints/zip_reader.h"

#include <zip.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "base/error.h"
#include "formats/printable.h"

namespace agront::formats {
namespace {

/// Deflate makes nothing shorter than this.
constexpr uint64_t kMaxDeflateRatio = 1040;

std::string Place(const std::string& path, const std::string& entry) {
  return fmt::format("{}: zip entry {}", path, Printable(entry));
}

ZipEntry Describe(zip_t* zip, uint64_t index, const std::string& path, uint64_t file_size) {
  zip_stat_t status;
  zip_stat_init(&status);
  constexpr zip_uint64_t kNeeded =
      ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD;
  if (zip_stat_index(zip, index, 0, &status) != 0 || (status.valid & kNeeded) != kNeeded)
    Fail("{}: zip entry {}: expected a complete description, got: {}", path, index, zip_strerror(zip));
  const std::string place = Place(path, status.name);
  if (status.encryption_method != ZIP_EM_NONE) Fail("{}: expected no encryption", place);
  if (status.comp_method != ZIP_CM_STORE && status.comp_method != ZIP_CM_DEFLATE)
    Fail("{}: expected stored or deflated data, got compression method {}", place, status.comp_method);
  const uint64_t ratio = status.comp_method == ZIP_CM_STORE ? 1 : kMaxDeflateRatio;
  if (status.comp_size > file_size || status.size / ratio > status.comp_size)
    Fail("{}: expected a size that fits a file of {} bytes, got {}", place, file_size, status.size);
  return {status.name, status.size};
}

}  // namespace

struct ZipReader::Archive {
  zip_t* zip = nullptr;
  ~Archive() {
    if (zip != nullptr) zip_discard(zip);
  }
};

struct ZipReader::OpenEntry {
  zip_file_t* file = nullptr;
  std::string place;

  OpenEntry(zip_t* zip, size_t index, std::string at) : place(std::move(at)) {
    file = zip_fopen_index(zip, index, 0);
    if (file == nullptr) Fail("{}: cannot open: {}", place, zip_strerror(zip));
  }
  OpenEntry(const OpenEntry&) = delete;
  OpenEntry& operator=(const OpenEntry&) = delete;
  ~OpenEntry() { zip_fclose(file); }

  /// Fills `out`; with none, reads the end, where libzip checks the CRC.
  void Read(std::span<std::byte> out) {
    while (!out.empty()) {
      const zip_int64_t got = zip_fread(file, out.data(), out.size());
      if (got < 0) Fail("{}: cannot read: {}", place, zip_file_strerror(file));
      if (got == 0) Fail("{}: expected {} more bytes, the entry ends", place, out.size());
      out = out.subspan(static_cast<size_t>(got));
    }
  }

  void ExpectEnd() {
    std::byte more;
    const zip_int64_t got = zip_fread(file, &more, 1);
    if (got < 0) Fail("{}: cannot read: {}", place, zip_file_strerror(file));
    if (got != 0) Fail("{}: expected the end, got more bytes", place);
  }
};

ZipReader::ZipReader(const std::string& path) : path_(path), archive_(std::make_unique<Archive>()) {
  int code = 0;
  archive_->zip = zip_open(path.c_str(), ZIP_RDONLY, &code);
  if (archive_->zip == nullptr) {
    zip_error_t error;
    zip_error_init_with_code(&error, code);
    const std::string reason = zip_error_strerror(&error);
    zip_error_fini(&error);
    Fail("{}: expected a zip archive: {}", path, reason);
  }
  std::error_code size_error;
  const uint64_t file_size = std::filesystem::file_size(path, size_error);
  if (size_error) Fail("{}: cannot read its size: {}", path, size_error.message());
  const auto count = static_cast<uint64_t>(zip_get_num_entries(archive_->zip, 0));
  for (uint64_t i = 0; i < count; ++i) entries_.push_back(Describe(archive_->zip, i, path, file_size));
}

ZipReader::~ZipReader() = default;

std::optional<size_t> ZipReader::Find(const std::string& name) const {
  const zip_int64_t index = zip_name_locate(archive_->zip, name.c_str(), 0);
  if (index < 0) return std::nullopt;
  return static_cast<size_t>(index);
}

void ZipReader::ReadPieces(size_t index, size_t piece,
                           const std::function<void(std::span<const std::byte>)>& consume) const {
  OpenEntry entry(archive_->zip, index, Place(path_, entries_[index].name));
  std::vector<std::byte> buffer(piece);
  for (uint64_t left = entries_[index].size; left > 0;) {
    const std::span<std::byte> part = std::span(buffer).first(std::min<uint64_t>(left, piece));
    entry.Read(part);
    consume(part);
    left -= part.size();
  }
  entry.ExpectEnd();
}

void ZipReader::ReadInto(size_t index, std::span<std::byte> out) const {
  OpenEntry entry(archive_->zip, index, Place(path_, entries_[index].name));
  entry.Read(out);
  entry.ExpectEnd();
}

}  // namespace agront::formats
