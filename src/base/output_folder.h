// SPDX-License-Identifier: Apache-2.0
// Folders that appear whole or not at all.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/unfinished_path.h"

namespace agront {

/// A folder under a temporary name beside its own, renamed when it is complete. Destroyed without Commit(), nothing
/// stays, nor when a signal ends the program.
class OutputFolder {
 public:
  /// `files` are the names of all files that may be written. With `overwrite`, a folder that has nothing but these is
  /// replaced. A link is followed. Throws Error when the folder is there and may not be replaced, or cannot be made.
  OutputFolder(const std::string& path, bool overwrite, const std::vector<std::string>& files);
  ~OutputFolder();
  OutputFolder(const OutputFolder&) = delete;
  OutputFolder& operator=(const OutputFolder&) = delete;

  /// Where to write a file until Commit().
  std::string operator/(const std::string& file) const { return (temporary_ / file).string(); }

  void Commit();

 private:
  std::filesystem::path path_;
  std::filesystem::path temporary_;
  std::vector<UnfinishedPath> unfinished_;  // the folder, then its files
};

}  // namespace agront
