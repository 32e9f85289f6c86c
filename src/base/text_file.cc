// SPDX-License-Identifier: Apache-2.0
#include "base/text_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/error.h"
#include "base/open_failure.h"

namespace agront {
namespace {

constexpr size_t kMaxBytes = 64'000'000;

/// Closes the descriptor at the end of the scope.
struct Descriptor {
  int fd;
  ~Descriptor() {
    if (fd >= 0) close(fd);
  }
};

[[noreturn]] void FailAsTooLarge(const std::string& path, size_t bytes) {
  Fail("{}: expected a text file of at most {} bytes, got {}", path, kMaxBytes, bytes);
}

}  // namespace

std::string ReadTextFile(const std::string& path) {
  const Descriptor file{open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.fd < 0) FailToOpen(path);
  struct stat status {};
  if (fstat(file.fd, &status) != 0) Fail("{}: cannot read its size: {}", path, SystemError());
  if (!S_ISREG(status.st_mode)) Fail("{}: expected a regular file", path);
  const auto size = static_cast<size_t>(status.st_size);
  if (size > kMaxBytes) FailAsTooLarge(path, size);
  // One byte more than it has: it may grow meanwhile, or be one of /proc, which have a size of 0.
  constexpr size_t kLeast = 4096;
  std::string text(std::max(size + 1, kLeast), '\0');
  size_t filled = 0;
  for (ssize_t count = 0; (count = read(file.fd, text.data() + filled, text.size() - filled)) != 0;) {
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) Fail("{}: cannot read: {}", path, SystemError());
    filled += static_cast<size_t>(count);
    if (filled > kMaxBytes) FailAsTooLarge(path, filled);
    if (filled == text.size()) text.resize(2 * filled);
  }
  text.resize(filled);
  return text;
}

}  // namespace agront
