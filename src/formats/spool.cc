// SPDX-License-Identifier: Apache-2.0
#include "formats/spool.h"

#include <unistd.h>
#include <zlib.h>

#include <cstdlib>
#include <filesystem>

#include "base/error.h"

namespace agront::formats {

Spool::Spool(const std::string& folder) : folder_(folder), crc_(static_cast<uint32_t>(crc32(0, nullptr, 0))) {
  std::string path = (std::filesystem::path(folder) / ".agront_spool_XXXXXX").string();
  const int descriptor = mkstemp(path.data());
  if (descriptor < 0) Fail("{}: cannot make a temporary file: {}", folder_, SystemError());
  unlink(path.c_str());
  file_.reset(fdopen(descriptor, "w+b"));
  if (file_ == nullptr) Fail("{}: cannot make a temporary file: {}", folder_, SystemError());
}

void Spool::Append(std::span<const std::byte> bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), file_.get()) != bytes.size())
    Fail("{}: cannot write a temporary file: {}", folder_, SystemError());
  crc_ = static_cast<uint32_t>(crc32_z(crc_, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
  size_ += bytes.size();
}

void Spool::Rewind() {
  if (std::fflush(file_.get()) != 0 || std::fseek(file_.get(), 0, SEEK_SET) != 0)
    Fail("{}: cannot write a temporary file: {}", folder_, SystemError());
}

void Spool::Read(std::span<std::byte> out) {
  if (std::fread(out.data(), 1, out.size(), file_.get()) != out.size())
    Fail("{}: cannot read a temporary file: {}", folder_, SystemError());
}

std::string SpoolFolder(const std::string& path) {
  const std::filesystem::file_status status = std::filesystem::status(path);
  const bool is_special = std::filesystem::exists(status) && !std::filesystem::is_regular_file(status);
  if (path == "-" || is_special) return std::filesystem::temp_directory_path().string();
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  return folder.empty() ? "." : folder.string();
}

}  // namespace agront::formats
