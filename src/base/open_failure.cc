// SPDX-License-Identifier: Apache-2.0
#include "base/open_failure.h"

#include <cerrno>

#include "base/error.h"

namespace agront {

void FailToOpen(std::string_view path) {
  if (errno == ENOENT) Fail("{}: no such file", path);
  Fail("{}: cannot open: {}", path, SystemError());
}

}  // namespace agront
