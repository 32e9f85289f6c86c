// SPDX-License-Identifier: Apache-2.0
// Files that must not stay when the process ends before they are finished.
#pragma once

#include <string>

namespace agront {

/// While it lives, RemoveUnfinishedFiles (agront/unfinished.h) removes the file or empty folder at `path`; the last one
/// registered goes first. A path of more than 4,000 bytes, or beyond the first 64 at a time, is not removed.
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
