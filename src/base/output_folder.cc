// SPDX-License-Identifier: Apache-2.0
#include "base/output_folder.h"

#include <unistd.h>

#include <algorithm>

#include "base/error.h"

namespace agront {

namespace fs = std::filesystem;

OutputFolder::OutputFolder(const std::string& path, bool overwrite, const std::vector<std::string>& files)
    : path_(fs::weakly_canonical(path)) {
  if (!path_.has_filename()) path_ = path_.parent_path();
  if (fs::exists(path_) && !fs::is_directory(path_)) Fail("{}: expected a folder to write, got a file", path);
  if (fs::exists(path_) && !overwrite) Fail("{}: exists already; --force overwrites it", path);
  if (fs::exists(path_))
    for (const auto& entry : fs::directory_iterator(path_))
      if (std::ranges::find(files, entry.path().filename().string()) == files.end())
        Fail("{}: holds {}, which would be lost; --force only overwrites what this command writes", path,
             entry.path().filename().string());
  temporary_ = path_.string() + fmt::format(".{}.partial", getpid());
  std::error_code error;
  if (!fs::create_directory(temporary_, error)) Fail("{}: cannot make the folder: {}", path, error.message());
  unfinished_.emplace_back(temporary_.string());
  for (const std::string& file : files) unfinished_.emplace_back(*this / file);
}

OutputFolder::~OutputFolder() {
  std::error_code ignored;
  fs::remove_all(temporary_, ignored);
}

void OutputFolder::Commit() {
  const fs::path old = temporary_.string() + ".old";
  const bool replaces = fs::exists(path_);
  if (replaces) fs::rename(path_, old);
  fs::rename(temporary_, path_);
  if (replaces) fs::remove_all(old);
}

}  // namespace agront
