// SPDX-License-Identifier: Apache-2.0
// Files that must not stay when a signal ends the process.
#pragma once

#include <string>

namespace agront {

/// While it lives, the file or empty folder at `path` is removed when the process ends by SIGINT, SIGTERM, SIGHUP or
/// SIGPIPE; the last one registered goes first. A signal that the program handles itself is left alone, and a path of
/// more than 4,000 bytes, or beyond the first 64 at a time, is not removed.
class UnfinishedPath {
 public:
  UnfinishedPath() = default;
  explicit UnfinishedPath(const std::string& path);
  ~UnfinishedPath();
  UnfinishedPath(UnfinishedPath&& other) noexcept;
  UnfinishedPath& operator=(UnfinishedPath&& other) noexcept;

 private:
  int slot_ = -1;
};

}  // namespace agront
