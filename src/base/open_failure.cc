// SPDX-License-Identifier: Apache-2.0
#include "base/open_failure.h"

#include <cerrno>

#include "base/error.h"
#include "base/missing_file.h"

namespace agront {

void FailToOpen(std::string_view path) {
  if (errno == ENOENT) FailMissing("{}: no such file", path);
  Fail("{}: cannot open: {}", path, SystemError());
}

}  // namespace agront
