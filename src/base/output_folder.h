// SPDX-License-Identifier: Apache-2.0
// Folders that appear whole or not at all.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/unfinished_path.h"

namespace agront {

/// A folder under a temporary name beside its own, renamed when it is complete. Destroyed without Commit(), nothing
/// stays, nor when a signal ends the program (of more than 62 files some may, under the temporary name).
class OutputFolder {
 public:
  /// With `overwrite`, a folder that has nothing but files that `is_ours` is replaced. A link is followed. Throws Error
  /// when the folder exists and may not be replaced, or cannot be made; `writer` is the command that the message names.
  OutputFolder(const std::string& path, bool overwrite, const std::string& writer,
               const std::function<bool(const std::string& name)>& is_ours);
  ~OutputFolder();
  OutputFolder(const OutputFolder&) = delete;
  OutputFolder& operator=(const OutputFolder&) = delete;

  /// Where to write a file of the folder.
  std::string File(const std::string& name);

  /// Gives the folder its name, for good when its files are on the disk. Call once, last. Throws Error.
  void Commit();

 private:
  std::filesystem::path path_;
  std::filesystem::path temporary_;
  std::vector<UnfinishedPath> unfinished_;  // the folder, then its files
};

}  // namespace agront
