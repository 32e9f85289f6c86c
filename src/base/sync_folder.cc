// SPDX-License-Identifier: Apache-2.0
#include "base/sync_folder.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "base/error.h"

namespace agront {

void SyncFolder(const std::filesystem::path& folder) {
  const std::string path = folder.empty() ? "." : folder.string();
  const int descriptor = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;  // one may write in a folder that one may not read
  const int error = fsync(descriptor) == 0 ? 0 : errno;
  close(descriptor);
  errno = error;
  if (error == EIO || error == ENOSPC || error == EDQUOT) Fail("{}: cannot write: {}", path, SystemError());
}

}  // namespace agront
