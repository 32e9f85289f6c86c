// SPDX-License-Identifier: Apache-2.0
#include "base/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <utility>

#include "base/error.h"
#include "base/open_failure.h"

namespace agront {
namespace {

/// Closes the descriptor at the end of the scope; the mapping outlives it.
struct Descriptor {
  int fd;
  ~Descriptor() {
    if (fd >= 0) close(fd);
  }
};

}  // namespace

MappedFile::MappedFile(const std::string& path) : path_(path) {
  Descriptor file{open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.fd < 0) FailToOpen(path);
  struct stat status {};
  if (fstat(file.fd, &status) != 0) Fail("{}: cannot read its size: {}", path, SystemError());
  if (!S_ISREG(status.st_mode)) Fail("{}: expected a regular file", path);
  device_ = status.st_dev;
  number_ = status.st_ino;
  Map(file.fd, static_cast<size_t>(status.st_size));
}

MappedFile::MappedFile(const TemporaryFile& file, std::string name) : path_(std::move(name)) {
  Map(file.descriptor(), static_cast<size_t>(file.size()));
}

void MappedFile::Map(int descriptor, size_t size) {
  if (size == 0) return;
  void* address = mmap(nullptr, size, PROT_READ, MAP_SHARED, descriptor, 0);
  if (address == MAP_FAILED) Fail("{}: cannot map into memory: {}", path_, SystemError());
  data_ = static_cast<const std::byte*>(address);
  size_ = size;
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) munmap(const_cast<std::byte*>(data_), size_);
}

void MappedFile::CheckSize() const {
  struct stat now {};
  if (number_ == 0 || stat(path_.c_str(), &now) != 0 || now.st_dev != device_ || now.st_ino != number_) return;
  if (static_cast<size_t>(now.st_size) < size_)
    Fail("{}: expected {} bytes, as it had when it was opened, got {}", path_, size_, now.st_size);
}

void MappedFile::Release(std::span<const std::byte> part) const {
  // Whole pages inside the part only: its first and last page may hold a neighbour that is still in use.
  const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  const auto past_page = reinterpret_cast<uintptr_t>(part.data()) % page;
  const size_t to_page = past_page == 0 ? 0 : page - past_page;
  if (part.size() < to_page + page) return;
  const std::span<const std::byte> pages = part.subspan(to_page, (part.size() - to_page) / page * page);
  madvise(const_cast<std::byte*>(pages.data()), pages.size(), MADV_DONTNEED);
}

}  // namespace agront
